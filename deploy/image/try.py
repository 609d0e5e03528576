"""Try the image without a container engine: the Dockerfile's steps in a clean root file system, then each service.

    python deploy/image/try.py [folder]        (as root on Debian, with debootstrap; about two minutes the first time)

Every instruction is read from the Dockerfile and carried out: RUN in a chroot, COPY, ENV, USER, WORKDIR. Then, with the
root mounted read-only, as the image's user and without capabilities, the entry point serves on an embedded engine, and
the health check has to fail before and succeed after.

What differs from a real build: the base is Debian's own Python instead of the python image, and there are no layers.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = Path(__file__).with_name("Dockerfile")
BASE_PACKAGES = "ca-certificates,python3,python3-venv"


def base(folder: Path) -> Path:
    """A clean Debian with Python, made once."""
    made = folder / "base"
    if not (made / "usr/bin/python").exists():
        shutil.rmtree(made, ignore_errors=True)
        run(["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", "bookworm", str(made)], quiet=True)
        (made / "usr/bin/python").symlink_to("python3")
    return made


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined, comments left out."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


class Stage:
    """A root file system that instructions are carried out in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self.folder = "/"
        self.user = "0:0"
        self.entry: list[str] = []
        self.health: list[str] = []

    def run(self, command: str) -> None:
        borrowed = {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
        borrowed |= {key: value for key, value in os.environ.items() if key.startswith("PIP_") and "FIND" not in key}
        run(["chroot", str(self.root), "sh", "-c", f"cd {self.folder} && {command}"], env=self.env | borrowed)

    def copy(self, rest: str, stages: dict[str, "Stage"]) -> None:
        words = shlex.split(rest)
        source = ROOT
        if words[0].startswith("--from="):
            source = stages[words.pop(0).removeprefix("--from=")].root
        *names, to = words
        for name in names:
            found = source / name.lstrip("/")
            if source == ROOT:
                assert not ignored(name), f".dockerignore keeps {name} out of the image"
            target = self.root / (self.folder if not to.startswith("/") else "").lstrip("/") / to.lstrip("/")
            if found.is_dir():
                skip = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(found, target, symlinks=True, dirs_exist_ok=True, ignore=skip)
            else:
                shutil.copy(found, target / found.name if to.endswith("/") else target)


def ignored(name: str) -> bool:
    """What .dockerignore says about a path: the last line that matches decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and fnmatch(name, line.removeprefix("!")):
            out = not line.startswith("!")
    return out


def build(folder: Path) -> Stage:
    """Carry everything out; the last stage."""
    stages: dict[str, Stage] = {}
    now: Stage | None = None
    for word, rest in instructions():
        say(f"{word} {' '.join(rest.split())}"[:150])
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "image"
            root = folder / name
            shutil.rmtree(root, ignore_errors=True)
            run(["cp", "-a", str(base(folder)), str(root)])
            for file in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
                shutil.copy(Path("/") / file, root / file)
            now = stages[name] = Stage(root)
        if now is None:
            continue
        if word == "RUN":
            now.run(rest)
        elif word == "COPY":
            now.copy(rest, stages)
        elif word == "WORKDIR":
            now.folder = rest
            (now.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "ENV":
            for pair in shlex.split(rest):
                key, _, value = pair.partition("=")
                now.env[key] = value.replace("$PATH", now.env["PATH"])
        elif word == "USER":
            now.user = rest
        elif word == "ENTRYPOINT":
            now.entry = json.loads(rest)
        elif word == "HEALTHCHECK":
            now.health = json.loads(rest[rest.index("[") :])
    assert now is not None
    return now


def serve(stage: Stage, service: str) -> None:
    """Run a service as the container would: root read-only, /tmp and /data writable, a user without privileges."""
    mounts = (
        f"mount --bind {stage.root} {stage.root} && mount -t proc proc {stage.root}/proc && "
        f"mount -t tmpfs -o mode=1777 tmpfs {stage.root}/tmp && "
        f"mount -t tmpfs -o uid=10001,gid=10001,mode=0700 tmpfs {stage.root}/data && "
        f"mount -o remount,ro,bind {stage.root} && exec "
    )
    user, _, group = stage.user.partition(":")
    enter = ["chroot", str(stage.root)]
    drop = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--bounding-set=-all", "--no-new-privs"]
    settings = [f"{key}={value}" for key, value in stage.env.items()] + [f"{service.upper()}_PORT=0"]
    script = (
        f"cd {stage.folder}; touch /keys/x 2>/dev/null && exit 9; "
        "python /opt/showcase/ready.py 39123 && exit 8; "
        f"{shlex.join(stage.entry)} serve {service} >/tmp/said & service=$!; "
        "until [ -s /tmp/said ]; do kill -0 $service || exit 7; sleep 0.1; done; "
        "port=$(sed 's/.*\"port\"://; s/}.*//' /tmp/said | tail -1); "
        f'until {shlex.join(stage.health)} "$port"; do kill -0 $service || exit 6; sleep 0.2; done; '
        "kill -TERM $service; wait $service"
    )
    inner = shlex.join([*drop, "env", "-i", *settings, "sh", "-c", script])
    started = time.monotonic()
    # chroot needs a privilege, so it comes first; setpriv of the clean system gives everything up after it.
    run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", mounts + shlex.join(enter) + " " + inner])
    say(f"{service}: ready, healthy and stopped in order after {time.monotonic() - started:.1f} s")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(command: list[str], *, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    done = subprocess.run(command, env=env, check=False, timeout=600, capture_output=quiet)
    if done.returncode:
        said = (done.stdout or b"").decode(errors="replace")[-2000:]
        sys.exit(f"exit code {done.returncode} from: {shlex.join(command)[:500]}\n{said}")


if __name__ == "__main__":
    where = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.gettempdir() + "/showcase-image")
    where.mkdir(parents=True, exist_ok=True)
    image = build(where)
    for each in ("registration", "livescore", "broadcast"):
        serve(image, each)
    files = [file for file in (image.root / "opt").rglob("*") if file.is_file() and not file.is_symlink()]
    say(f"/opt/showcase has {sum(file.stat().st_size for file in files) / 1e6:.0f} MB")
