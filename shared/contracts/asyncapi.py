"""The AsyncAPI 3.0 document: the bus's topics and the viewers' feeds, made from the models that encode and decode them.

Every schema is a plain AsyncAPI schema object and a valid JSON Schema 2020-12 at once, so that any tool can read it:
pydantic's `discriminator`, which the two understand differently, is left out; the patterns tell variants apart as well.
Facts travel without their empty fields, so a field with a default is optional; frames always carry all of theirs.
"""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.contracts import acts, exercises, livescore, registration, release, remedies, sheets, topics
from shared.contracts.audience import NodeAudience
from shared.contracts.board import Board
from shared.contracts.events import CONTENT_TYPE, Event
from shared.contracts.viewer import CLOSE_CODES, MAX_CHANNELS, ByeFrame, DeltaFrame, SnapshotFrame

Json = dict[str, Any]

VERSION = "1"
_REF = "#/components/schemas/{model}"
_FRAMES: dict[str, type[BaseModel]] = {"snapshot": SnapshotFrame, "delta": DeltaFrame, "bye": ByeFrame}
_STATES: dict[str, type[BaseModel]] = {"board": Board, "audience": NodeAudience, **_FRAMES}
# Their events register themselves by being imported.
_FACTS = {
    topics.REGISTRATION: (registration,),
    topics.LIVESCORE: (livescore, acts, sheets, release, remedies, exercises),
}
_QUERY = {
    "type": "object",
    "properties": {
        "c": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": MAX_CHANNELS,
            "description": "A channel; given once per channel.",
        },
        "since": {
            "type": "array",
            "items": {"type": "string", "pattern": r"^([A-Za-z0-9_-]{1,40}\.[0-9]{1,16})?$"},
            "description": "The position held, as <epoch>.<seq>; once per c in the same order, empty for none.",
        },
        "from": {
            "type": "string",
            "pattern": r"^[A-Z]{2}$",
            "description": "The country the viewer says it watches from, ISO 3166-1 alpha-2; only counted.",
        },
    },
    "required": ["c"],
}


def facts_of(topic: str) -> dict[str, type[Event]]:
    """What is published on `topic`, by type."""
    modules = {module.__name__ for module in _FACTS[topic]}
    return {name: model for name, model in sorted(Event.registry.items()) if model.__module__ in modules}


def document() -> Json:
    by_topic = {topic: facts_of(topic) for topic in _FACTS}
    facts = dict(sorted({**by_topic[topics.REGISTRATION], **by_topic[topics.LIVESCORE]}.items()))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Showcase: topics and live feeds",
            "version": VERSION,
            "description": "What the services tell each other, and what viewers receive.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {**_topics(by_topic), **_feeds()},
        "operations": _operations(),
        "components": {"messages": _messages(facts), "schemas": _schemas(facts)},
    }


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in path)}


def _servers() -> Json:
    host = {"default": "localhost:8080", "description": "Where people reach broadcast."}
    folder = {"default": "data", "description": "The data folder."}
    return {
        "bus": {
            "host": "{data}",
            "pathname": "/bus",
            "protocol": "sqlite",
            "description": "Embedded engine: one file per topic and publisher.",
            "variables": {"data": folder},
        },
        "cluster": {
            "host": "{kafka}",
            "protocol": "kafka",
            "description": "Cluster engine: topics as named here, behind the prefix in the settings.",
            "variables": {"kafka": {"default": "localhost:9092", "description": "Kafka's addresses."}},
        },
        "live": {"host": "{broadcast}", "protocol": "ws", "variables": {"broadcast": host}},
        "events": {"host": "{broadcast}", "protocol": "http", "variables": {"broadcast": host}},
    }


def _topics(by_topic: dict[str, dict[str, type[Event]]]) -> Json:
    both = [_ref("servers", "bus"), _ref("servers", "cluster")]
    channels: Json = {
        topic: {
            "address": topic,
            "description": f"Facts of {topic}, in order per stream; key: the stream. At least once: drop seq <= last.",
            "servers": both,
            "messages": {name: _ref("components", "messages", name) for name in facts},
        }
        for topic, facts in by_topic.items()
    }
    channels[topics.BOARDS] = {
        "address": topics.BOARDS,
        "description": "The whole public state of one channel; key: the channel. Compacted: the newest is kept.",
        "servers": both,
        "messages": {"board": _ref("components", "messages", "board")},
    }
    channels[topics.AUDIENCE] = {
        "address": topics.AUDIENCE,
        "description": "How many watch at each node; key: the node. Who is silent for ten seconds counts no more.",
        "servers": [_ref("servers", "cluster")],
        "messages": {"audience": _ref("components", "messages", "audience")},
    }
    return channels


def _feeds() -> Json:
    frames = {name: _ref("components", "messages", name) for name in _FRAMES}
    codes = [{"code": one.code, "meaning": one.meaning, "action": one.action} for _, one in sorted(CLOSE_CODES.items())]
    return {
        "live": {
            "address": "/live",
            "description": "Read only. A frame per WebSocket text message; close codes say what to do next.",
            "servers": [_ref("servers", "live")],
            "messages": frames,
            "bindings": {"ws": {"method": "GET", "query": _QUERY, "bindingVersion": "0.1.0"}},
            "x-close-codes": codes,
        },
        "liveEvents": {
            "address": "/live/events",
            "description": "The same as Server-Sent Events: one frame per data line; `id` is all positions held, "
            "joined by commas, and comes back as Last-Event-ID.",
            "servers": [_ref("servers", "events")],
            "messages": frames,
        },
    }


def _operations() -> Json:
    topic = {name: _ref("channels", name) for name in _FACTS}
    boards, audience = _ref("channels", topics.BOARDS), _ref("channels", topics.AUDIENCE)
    http = {"http": {"method": "GET", "query": _QUERY, "bindingVersion": "0.3.0"}}
    return {
        "publishRegistration": {"action": "send", "channel": topic["registration"], "summary": "By registration"},
        "takeOverRoster": {"action": "receive", "channel": topic["registration"], "summary": "By livescore"},
        "publishLivescore": {"action": "send", "channel": topic["livescore"], "summary": "By livescore"},
        "foldStandings": {"action": "receive", "channel": topic["livescore"], "summary": "By livescore"},
        "publishBoards": {"action": "send", "channel": boards, "summary": "By registration and livescore"},
        "keepBoards": {"action": "receive", "channel": boards, "summary": "By broadcast"},
        "sayHowManyWatch": {"action": "send", "channel": audience, "summary": "By each node of broadcast"},
        "addUpTheNodes": {"action": "receive", "channel": audience, "summary": "By each node of broadcast"},
        "follow": {"action": "send", "channel": _ref("channels", "live"), "summary": "By broadcast, to viewers"},
        "followEvents": {
            "action": "send",
            "channel": _ref("channels", "liveEvents"),
            "summary": "By broadcast, to viewers",
            "bindings": http,
        },
    }


def _messages(facts: dict[str, type[Event]]) -> Json:
    messages: Json = {
        name: {
            "name": f"org.showcase.{name}",
            "title": model.__name__,
            "summary": _first_line(model),
            "contentType": CONTENT_TYPE,
            "payload": _envelope(name, model),
        }
        for name, model in facts.items()
    }
    for name, frame in _STATES.items():
        messages[name] = {
            "name": name,
            "title": frame.__name__,
            "summary": _first_line(frame),
            "payload": _ref("components", "schemas", frame.__name__),
        }
    return messages


def _envelope(name: str, model: type[Event]) -> Json:
    """What `shared.contracts.events.encode` writes."""
    text = {"type": "string"}
    instant = {"type": "string", "format": "date-time"}
    fields: Json = {
        "specversion": {"const": "1.0"},
        "id": text,
        "source": {"const": "/" + name.partition(".")[0]},
        "type": {"const": f"org.showcase.{name}"},
        "subject": {**text, "description": "The stream."},
        "time": instant,
        "recordedtime": instant,
        "sequence": {**text, "pattern": "^[1-9][0-9]*$", "description": "Place in the stream, without gaps."},
        "partitionkey": {**text, "description": "The stream again: order is kept per stream."},
        "datacontenttype": {"const": "application/json"},
        "data": _ref("components", "schemas", model.__name__),
    }
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or f"{model.__name__}.").strip().splitlines()[0]


def _schemas(facts: dict[str, type[Event]]) -> Json:
    _, sent = models_json_schema([(model, "validation") for model in facts.values()], ref_template=_REF)
    _, seen = models_json_schema([(model, "serialization") for model in _STATES.values()], ref_template=_REF)
    for schema in seen["$defs"].values():
        schema["required"] = list(schema["properties"])
    schemas = {**sent["$defs"], **seen["$defs"]}
    return {name: _plain(schema) for name, schema in sorted(schemas.items())}


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items() if key != "discriminator"}
    return [_plain(one) for one in schema] if isinstance(schema, list) else schema
