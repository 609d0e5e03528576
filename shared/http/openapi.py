"""The OpenAPI 3.1 document of a service, made from its routes and their pydantic models."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from shared.http.problem import Problem
from shared.http.routes import Route, media_read

_REF = "#/components/schemas/{model}"
_VERSION = "1"


def document(title: str, routes: Sequence[Route]) -> dict[str, Any]:
    adapters = {id(one): TypeAdapter(one) for route in routes for one in _models(route)}
    models = {one for route in routes for one in _models(route) if isinstance(one, type) and issubclass(one, BaseModel)}
    ordered = sorted(models | {Problem}, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "serialization") for model in ordered], ref_template=_REF)
    components = dict(schemas.get("$defs", {}))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, adapters, components)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": _VERSION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _models(route: Route) -> list[Any]:
    return [one for one in (route.answers, route.reads) if one is not None and not isinstance(one, str | tuple)]


def _operation(route: Route, adapters: dict[int, TypeAdapter[Any]], components: dict[str, Any]) -> dict[str, Any]:
    def schema(model: Any) -> dict[str, Any]:
        made = adapters[id(model)].json_schema(mode="serialization", ref_template=_REF)
        components.update(made.pop("$defs", {}))
        return {"$ref": _REF.format(model=model.__name__)} if isinstance(model, type) else made

    name = re.sub(r"\W+", "_", f"{route.method}_{route.path}".lower()).strip("_")
    answer: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if isinstance(route.answers, str):
        answer["content"] = {route.answers: {"schema": _raw(route.answers)}}
    elif route.answers is not None:
        answer["content"] = {"application/json": {"schema": schema(route.answers)}}
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": route.summary,
        "parameters": [
            {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
            for part in re.findall(r"{(\w+)}", route.path)
        ],
        "responses": {str(route.status): answer},
    }
    if route.reads is not None:
        content = {
            media: {"schema": _raw(media) if isinstance(route.reads, str | tuple) else schema(route.reads)}
            for media in media_read(route)
        }
        operation["requestBody"] = {"required": True, "content": content}
    if route.roles:
        operation["security"] = [{"token": []}]
    problem = {"content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}}
    for status in _errors(route):
        operation["responses"][str(status)] = {"description": HTTPStatus(status).phrase, **problem}
    return operation


def _raw(media: str) -> dict[str, Any]:
    """Text, or bytes that only their own program reads."""
    binary = media.startswith("application/vnd.")
    return {"type": "string", "contentMediaType": media} if binary else {"type": "string"}


def _errors(route: Route) -> list[int]:
    errors = {503, *route.errors}
    if route.reads is not None:
        errors |= {400, 413, 415, 422}
    if route.roles:
        errors |= {401, 403}
    if "{" in route.path:
        errors.add(404)
    return sorted(errors)
