"""MongoDB through either of its two asynchronous drivers, motor and PyMongo: the only door to both.

Callers see collections with a handful of operations, and two kinds of trouble: `Duplicate`, which says whose place is
taken, and `Unavailable`, for everything that waiting may cure. After `Unavailable` a write may have happened, now or
later; who writes makes ids of its own, looks for them, and relies on unique indexes.

Every operation ends within `patience_seconds`, also when the server is there and silent. Until then the driver tries
again by itself, so a server that restarts quickly is noticed by nobody. Write and read concern are set here and win
over the address: most members have a write in their journal before it counts, and nothing is read that could be
rolled back.

The drivers are imported when one is opened: a machine without a cluster never loads them.
"""

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from shared.cancelling import heeded
from shared.errors import BadStart, Unavailable

T = TypeVar("T")
Driver = Literal["motor", "pymongo"]
Document = dict[str, Any]
Keys = Sequence[tuple[str, int]]

_DUPLICATE = 11000
_CONNECT_SECONDS = 2.0
_GRACE_SECONDS = 1.0
_CONNECTIONS = 50
_MISSING = "the cluster engine needs a MongoDB driver: pip install 'showcase[cluster]'"


class Duplicate(Exception):
    """A unique index refused the document at place `at`; what came before it is stored, nothing behind it is."""

    def __init__(self, at: int) -> None:
        super().__init__(f"document {at} is there already")  # the server's words repeat the values: never pass them on
        self.at = at


class Mongo:
    """A database; open it with `async with`, in the event loop that uses it. Raises BadStart when nobody answers."""

    def __init__(
        self, uri: str, *, driver: Driver = "motor", database: str = "showcase", patience_seconds: float = 5.0
    ) -> None:
        self.driver: Driver = driver
        self.patience_seconds = patience_seconds
        self._uri = uri
        self._database = database
        self._client: Any = None
        self._turns = asyncio.Semaphore(_CONNECTIONS)  # first come, first served, which the drivers' pools are not

    async def __aenter__(self) -> Self:
        try:
            from pymongo.errors import PyMongoError  # noqa: PLC0415  (see above)
        except ImportError as exc:
            raise BadStart(_MISSING) from exc
        self._faults: type[Exception] = PyMongoError
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)  # an option that nobody knows is a typing error
                self._client = self._open()
        except ImportError as exc:
            raise BadStart(_MISSING) from exc
        except (PyMongoError, ValueError, TypeError, UserWarning) as exc:
            raise BadStart(f"not a MongoDB address: {exc}") from exc  # says what is wrong in it, not its password
        try:
            await self.ask("ping")
        except Unavailable as exc:
            await self._close()
            raise BadStart(f"MongoDB does not answer: {exc.detail}") from exc
        except asyncio.CancelledError:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    def _open(self) -> Any:
        milliseconds = int(self.patience_seconds * 1000)
        options: dict[str, Any] = {
            "appname": "showcase",
            "w": "majority",
            "journal": True,
            "readConcernLevel": "majority",
            "readPreference": "primary",
            "retryWrites": True,
            "retryReads": True,
            "timeoutMS": milliseconds,
            "serverSelectionTimeoutMS": milliseconds,
            "connectTimeoutMS": int(_CONNECT_SECONDS * 1000),
            "heartbeatFrequencyMS": 2000,
            "maxPoolSize": _CONNECTIONS,
        }
        if self.driver == "motor":
            from motor.motor_asyncio import AsyncIOMotorClient  # noqa: PLC0415

            return AsyncIOMotorClient(self._uri, **options)
        from pymongo import AsyncMongoClient  # noqa: PLC0415

        return AsyncMongoClient(self._uri, **options)

    async def _close(self) -> None:
        """Say goodbye to the server, which may not listen any more; motor would hold up the whole loop meanwhile."""
        closing = asyncio.to_thread(self._client.close) if self.driver == "motor" else self._client.close()
        with contextlib.suppress(TimeoutError, self._faults):
            async with asyncio.timeout(self.patience_seconds + _GRACE_SECONDS):
                await closing

    def collection(self, name: str) -> "Collection":
        return Collection(self, self._client[self._database][name])

    async def ask(self, command: str, *, database: str | None = None) -> Document:
        """Run a command that takes no arguments, such as `hello`, in our database or in another one."""
        return dict(await self.answer(lambda: self._client[database or self._database].command(command)))

    async def answer(self, ask: Callable[[], Awaitable[T]]) -> T:
        async with self._told(), self._turns:
            return await ask()

    @contextlib.asynccontextmanager
    async def _told(self) -> AsyncIterator[None]:
        """Sort what can go wrong into the two kinds; bugs of ours, such as a bad query's type, pass as they are."""
        try:
            # The drivers' own limit begins when they do; this one also covers waiting for a thread or a connection.
            with heeded():
                async with asyncio.timeout(self.patience_seconds + _GRACE_SECONDS):
                    yield
        except TimeoutError as exc:
            raise Unavailable("MongoDB is silent") from exc
        except self._faults as exc:
            at = _duplicate_at(exc)
            if at is not None:
                raise Duplicate(at) from None
            raise Unavailable(f"MongoDB: {_in_short(exc)}") from None


class Collection:
    """A collection; every method raises Unavailable when there is no answer in time."""

    def __init__(self, mongo: Mongo, collection: Any) -> None:
        self._mongo = mongo
        self._collection = collection

    @property
    def patience_seconds(self) -> float:
        return self._mongo.patience_seconds

    @property
    def concerns(self) -> tuple[Mapping[str, Any], str | None]:
        """The write concern and the read concern that really hold here."""
        return self._collection.write_concern.document, self._collection.read_concern.level

    async def index(
        self, name: str, keys: Keys, *, unique: bool = False, only: Mapping[str, Any] | None = None
    ) -> None:
        """Make an index unless it is there; raise BadStart when there is another one in its place."""
        options: dict[str, Any] = {} if only is None else {"partialFilterExpression": only}
        try:
            await self._mongo.answer(
                lambda: self._collection.create_index(list(keys), name=name, unique=unique, **options)
            )
        except (Duplicate, Unavailable) as exc:
            raise BadStart(f"index {name} of {self._collection.name} cannot be made: {exc}") from exc

    async def indexes(self) -> Mapping[str, Mapping[str, Any]]:
        """What each index covers, by its name."""
        found: Mapping[str, Mapping[str, Any]] = await self._mongo.answer(self._collection.index_information)
        return found

    async def insert(self, documents: Sequence[Document]) -> None:
        """Store documents one after the other; raises Duplicate at the first that a unique index refuses."""
        # One document or many go the same way: the answer names the place, whichever failed.
        await self._mongo.answer(lambda: self._collection.insert_many(documents, ordered=True))

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Keys = (),
        limit: int = 0,
        fields: Sequence[str] | None = None,
    ) -> list[Document]:
        cursor = self._collection.find(query, fields, sort=list(sort) or None, limit=limit)
        found: list[Document] = await self._mongo.answer(lambda: cursor.to_list(None))
        return found

    async def names(self, field: str, query: Mapping[str, Any]) -> list[Any]:
        """The different values of a field."""
        found: list[Any] = await self._mongo.answer(lambda: self._collection.distinct(field, query))
        return found

    async def change(self, query: Mapping[str, Any], change: Mapping[str, Any], *, make: bool = False) -> int:
        """Change every document found and return how many there were; `make` one from both when there is none."""
        act = self._collection.update_one if make else self._collection.update_many
        done = await self._mongo.answer(lambda: act(query, change, upsert=make))
        return int(done.matched_count)

    async def remove(self, query: Mapping[str, Any]) -> None:
        await self._mongo.answer(lambda: self._collection.delete_many(query))


def _duplicate_at(exc: Exception) -> int | None:
    """The place of the document that a unique index refused, if that is what happened."""
    details = getattr(exc, "details", None) or {}
    errors = details.get("writeErrors") or []
    if errors:
        return int(errors[0]["index"]) if errors[0].get("code") == _DUPLICATE else None
    return 0 if getattr(exc, "code", None) == _DUPLICATE else None


def _in_short(exc: Exception) -> str:
    """The driver's or the server's name for it; never words in which the server repeats a document."""
    name = type(exc).__name__
    if details := getattr(exc, "details", None):
        said = details.get("codeName") or getattr(exc, "code", None)
        return f"{name} ({said})" if said else name
    return f"{name}: {str(exc).partition(', Timeout: ')[0][:200]}"
