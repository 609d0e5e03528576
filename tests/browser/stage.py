"""A small showcase set up through the real API: one competition, four aspects of four kinds, people and judges."""

import time
import urllib.error
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.browser.running import Running

SCHEME = """\
title: {en: A short task, zh: 短任务}
sections:
  - {id: 1, weight: 100, name: {en: Everything, zh: 全部}}
criteria:
  - id: A
    name: {en: Workmanship, zh: 工艺}
    sub_criteria:
      - id: A1
        name: {en: On the bench, zh: 工位}
        day: 1
        aspects:
          - {id: A1.1, type: M, max: 20.00, section: 1, description: {en: It runs, zh: 能运行},
             measure: {pattern: full}}
          - {id: A1.2, type: M, max: 20.00, section: 1, description: {en: Cold joints, zh: 虚焊},
             measure: {pattern: deduct, step: 2.00}}
          - {id: A1.3, type: M, max: 20.00, section: 1, description: {en: Supply voltage, zh: 电源电压},
             measure: {pattern: tolerance, nominal: 12.0, tol: 0.3}}
          - {id: A1.4, type: M, max: 20.00, section: 1, description: {en: Time needed, zh: 用时},
             measure: {pattern: time, t_full: 5400, t_zero: 7200}}
          - {id: A1.5, type: J, max: 20.00, section: 1, description: {en: Neatness, zh: 整洁},
             descriptors: [{en: Untidy}, {en: Tidy}, {en: Very tidy}, {en: Exemplary}]}
"""


def rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Stage:
    house: Running
    showcase: str

    @property
    def competition(self) -> str:
        return f"{self.showcase}.electronics"

    @property
    def board(self) -> str:
        return f"{self.house.url('broadcast')}/s/{self.showcase}"

    @classmethod
    def set_up(cls, house: Running, showcase: str, *, bilingual: bool = False) -> "Stage":
        now = datetime.now(UTC)
        title = {"en": "Trial Showcase", "zh": "试验交流展示"}
        session = {
            "starts_at": rfc3339(now),
            "ends_at": rfc3339(now + timedelta(hours=2)),
            "title": {"en": "Live marking"},
        }
        dates = {"starts_on": now.date().isoformat(), "ends_on": now.date().isoformat(), "timezone": "Asia/Shanghai"}
        stage = cls(house, showcase)
        stage.organise("/showcases", {"id": showcase, "title": title, "programme": [session], **dates})
        window = {"opens_at": rfc3339(now - timedelta(days=1)), "closes_at": rfc3339(now + timedelta(days=1))}
        stage.organise(
            f"/showcases/{showcase}/competitions",
            {
                "slug": "electronics",
                "title": {"en": "Electronics", "zh": "电子技术"},
                "capacity": 9,
                "board_mode": "marks",
                "bilingual": bilingual,
                **window,
            },
        )
        stage.import_scheme()
        return stage

    def organise(self, path: str, body: object) -> Any:
        return self.house.send("POST", "registration", f"/api/registration{path}", body, self.house.organiser_token)

    def import_scheme(self, scheme: str = SCHEME) -> None:
        """Livescore hears of a competition a moment after registration has answered."""
        until = time.monotonic() + 10
        path = f"/api/livescore/competitions/{self.competition}/scheme"
        while True:
            try:
                self.house.send("PUT", "livescore", path, scheme.encode(), self.house.organiser_token)
                return
            except urllib.error.HTTPError as error:
                if error.code != 404 or time.monotonic() > until:
                    raise AssertionError(error.read().decode()) from error
                time.sleep(0.05)

    def enter(self, bib: str, name: str, country: str) -> str:
        """Register and approve a competitor; the id."""
        people = f"/competitions/{self.competition}/competitors"
        form = {
            "id": f"{self.showcase}-{bib}",
            "given_name": name,
            "family_name": "Example",
            "country": country,
            "agreed": True,
        }
        form |= {
            "email": f"c{bib}@example.org",
            "birth_date": "2000-01-01",
            "locale": "en",
            "consents": {"named_results": True},
        }
        # Every showcase has a school of its own, because one address may only register so many.
        address = f"198.51.100.{zlib.crc32(self.showcase.encode()) % 254 + 1}"
        registered = self.house.send("POST", "registration", f"/api/registration{people}", form, address=address)
        self.organise(f"{people}/{registered['id']}/approve", {"bib": bib})
        return str(registered["id"])

    def seat(self, key: str, country: str, office: str = "judge") -> str:
        """Assign a judge, or somebody in another office; the access link."""
        judge = {"id": f"judge-{self.showcase}-{key}", "name": f"Judge {key} Example", "country": country}
        judge |= {} if office == "judge" else {"office": office}
        seat = self.organise(f"/showcases/{self.showcase}/judges", {**judge, "competitions": [self.competition]})
        return str(seat["link"])

    def act(self, link: str, act: str, **fields: Any) -> Any:
        """Do something besides marking as another device would; waits until livescore knows who it is."""
        done_at = rfc3339(datetime.now(UTC))
        path = f"/api/livescore/competitions/{self.competition}/acts"
        until = time.monotonic() + 10
        while True:
            body = {"id": f"act-{time.time_ns()}", "done_at": done_at, "act": act, **fields}
            try:
                return self.house.send("POST", "livescore", path, body, link.partition("#token=")[2])
            except urllib.error.HTTPError as error:
                if error.code != 403 or time.monotonic() > until:
                    raise AssertionError(error.read().decode()) from error
                time.sleep(0.05)

    def mark(self, link: str, competitor: str, aspect: str, given: dict[str, Any]) -> Any:
        """Give a mark as another judge's device would; waits until livescore knows judge and competitor."""
        body = {
            "id": f"mark-{time.time_ns()}",
            "competitor": competitor,
            "aspect": aspect,
            "marked_at": rfc3339(datetime.now(UTC)),
        }
        until = time.monotonic() + 10
        while True:
            try:
                path = f"/api/livescore/competitions/{self.competition}/marks"
                return self.house.send("POST", "livescore", path, {**body, **given}, link.partition("#token=")[2])
            except urllib.error.HTTPError as error:
                if error.code not in {403, 422} or time.monotonic() > until:
                    raise AssertionError(error.read().decode()) from error
                time.sleep(0.05)
