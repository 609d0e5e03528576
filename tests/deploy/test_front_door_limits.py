"""What the front door keeps from the services: a flood of polling, forged addresses, bodies that are too large."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import connect

from tests.deploy.byway import byway
from tests.deploy.conftest import created
from tests.deploy.front import needs_nginx
from tests.journeys.people import Organiser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.conftest import Behind, OpenDoor

pytestmark = [needs_nginx, pytest.mark.asyncio(loop_scope="module")]


async def test_any_number_of_polling_pages_cost_one_request_a_second(behind: Behind, open_door: OpenDoor) -> None:
    state = "/live/state/showcase/autumn"
    async with open_door() as door, aiohttp.ClientSession() as http:
        await Organiser(behind).creates_a_showcase("autumn", en="Autumn Showcase")
        async with asyncio.timeout(10):
            while True:
                async with http.get(door.url + state) as answer:
                    if answer.status == 200:
                        tag = answer.headers["ETag"]
                        assert answer.headers["Content-Type"] == "application/json"
                        break
                await asyncio.sleep(0.02)
        started = asyncio.get_running_loop().time()

        async def poll(n: int) -> int:
            async with http.get(f"{door.url}{state}?nocache={n}", headers={"If-None-Match": tag}) as answer:
                return answer.status

        assert set(await asyncio.gather(*(poll(n) for n in range(200)))) == {304}
        seconds = asyncio.get_running_loop().time() - started
        await http.get(f"{door.url}/x")  # a line that comes after all of them
        await door.lines("/x")
        asked = [line for line in await door.lines(state) if line["copies"] and line["statuses"] != "404"]
        # nginx counts in whole seconds, so the first second may end at once, and a refresh may be on its way twice.
        assert len(asked) <= 4 + seconds, asked


async def test_a_forged_address_reaches_no_service(behind: Behind, open_door: OpenDoor) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9"}
    ports = behind.at.ports
    async with (
        byway(ports["registration"]) as registration,
        byway(ports["livescore"]) as livescore,
        byway(ports["broadcast"]) as broadcast,
        open_door(registration_1=registration.port, livescore_1=livescore.port, broadcast_1=broadcast.port) as door,
        aiohttp.ClientSession(headers=forged) as http,
    ):
        for way, path in (
            (registration, "/api/registration/showcases"),
            (livescore, "/judge"),
            (broadcast, "/"),
            (broadcast, "/live/state"),
            (broadcast, "/live?c=showcase/none"),
            (broadcast, "/live/events?c=showcase/none"),
        ):
            before = len(way.heads)
            while len(way.heads) == before:  # the other copy is dead and may be tried first
                async with http.get(door.url + path):
                    pass
            head = way.heads[-1]
            assert b"X-Forwarded-For: 127.0.0.1\r\n" in head, path
            assert head.count(b"X-Forwarded-For") == 1, path
            assert b"Host: 127.0.0.1:%d\r\n" % behind.at.front in head, path
        await door.lines("/live/events")
        assert "203.0.113.9" not in door.log()


async def test_too_much_at_once_is_refused_in_the_services_own_form(behind: Behind, open_door: OpenDoor) -> None:
    async with open_door() as door, aiohttp.ClientSession() as http:
        async with http.post(f"{door.url}/api/registration/showcases", data=b"x" * 700_000) as answer:
            assert (answer.status, (await answer.json())["code"]) == (413, "http_413")

        async def ask() -> int:
            async with http.get(f"{door.url}/nothing-here") as answer:
                body = await answer.json()
                assert answer.content_type == "application/problem+json"
                assert body["status"] == answer.status
                return answer.status

        seen = await asyncio.gather(*(ask() for _ in range(900)))
        assert set(seen) == {404, 429}
        assert seen.count(404) >= 400, "a class of 400 that comes at once is let in"


async def test_over_tls_pages_and_live_feeds_work(behind: Behind, open_door: OpenDoor, tmp_path: Path) -> None:
    trusted = _certificate(tmp_path / "front" / "conf" / "tls")
    await created(behind, "winter")
    async with open_door(tls=True) as door, aiohttp.ClientSession() as http:
        async with http.get(f"{door.url}/", ssl=trusted) as answer:
            assert answer.status == 200
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        address = f"{door.url.replace('http', 'ws', 1)}/live?c=showcase/winter"
        own = door.url
        async with connect(address, proxy=None, ssl=trusted, origin=own) as socket:  # type: ignore[arg-type]
            assert '"snapshot"' in str(await asyncio.wait_for(socket.recv(), 5))


def _certificate(folder: Path) -> ssl.SSLContext:
    """Make a certificate where the front door looks for it; returns what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True)
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "certificate.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return ssl.create_default_context(cadata=pem.decode())
