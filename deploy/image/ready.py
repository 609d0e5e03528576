"""The container's health check: exit code 0 when the service in it is ready.

Asks `/readyz` on the ports of the three services, or on those given; the image serves one of them, so those where
nobody listens do not count. Standard library only, because it runs every few seconds beside the service.
"""

import sys
from http.client import HTTPConnection, HTTPException

PORTS = ("8080", "8081", "8082")


def answer(port: str) -> int | None:
    """The status of /readyz, None when nobody listens."""
    connection = HTTPConnection("127.0.0.1", int(port), timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    answers = [status for port in sys.argv[1:] or PORTS if (status := answer(port)) is not None]
    sys.exit(0 if answers and set(answers) == {200} else 1)
