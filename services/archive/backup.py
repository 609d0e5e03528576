"""`showcase backup`: everything there is of a showcase, in one file, while it runs.

Why such a copy is consistent, although nothing is stopped for it, is said in `house.py`.
"""

import json
import sys
import time
from importlib import metadata
from pathlib import Path

from services.archive.house import survey
from services.archive.keys import read_key
from services.archive.places import Location, existing
from services.archive.progress import Progress
from services.archive.trouble import plainly
from services.archive.zipped import FORMAT, Manifest, new_archive
from shared.ids import rfc3339, utc_now


async def run_backup(source: Location, archive: Path, people: bool, keys: bool, as_json: bool) -> int:
    began, at = time.monotonic(), utc_now()
    progress = Progress("backing up")
    async with existing(source) as house:
        with plainly(source, archive), new_archive(archive, at) as writer:
            pem = read_key(house.keys) if keys else None
            found = await survey(house, progress, writer.add, people=people)
            if pem is not None:
                writer.add_key(pem)
            manifest = Manifest(
                format=FORMAT,
                made_at=rfc3339(at),
                software=metadata.version("showcase"),
                personal_data=people,
                keys=keys,
                inventory=found,
            )
            writer.finish(manifest)
    progress.done()
    report = {
        "archive": str(archive),
        "made_at": manifest.made_at,
        "events": found.events,
        "boards": len(found.boards),
        "people": found.count("people"),
        "judges": found.count("judges"),
        "personal_data": people,
        "keys": keys,
        "bytes": _size(archive),
        "seconds": round(time.monotonic() - began, 3),
    }
    sys.stdout.write(_plain(report) if not as_json else json.dumps(report) + "\n")
    return 0


def _size(archive: Path) -> int:
    return archive.stat().st_size


def _plain(report: dict[str, object]) -> str:
    lines = [
        f"{report['archive']}: {report['events']:,} events, {report['boards']} boards, {report['people']} people, "
        f"{report['judges']} judges; {report['bytes']:,} bytes in {report['seconds']} s"
    ]
    if report["personal_data"]:
        lines.append("It holds personal data (names, addresses, consents): keep it as safe as the data folder itself.")
    if report["keys"]:
        lines.append("It holds the key that signs links: whoever has it can make links for every role.")
    else:
        lines.append("It does not hold the signing key: after a restore every link must be made anew (--with-keys).")
    return "\n".join(lines) + "\n"
