"""The OpenAPI description, made from the resources, so that it can't differ from them."""

from typing import Any

from portal.api.questions import Question
from portal.api.resources import RESOURCES, Resource


PATH = "/api/v1/openapi.json"
FAULTS = {
    "400": "Frågan är fel skriven",
    "401": "Nyckeln saknas, är tillbakatagen eller har gått ut",
    "403": "Kontot behöver en andra faktor först",
    "404": "Det finns ingen sådan mottagning bland dem som kontot får se",
    "429": "För mycket på kort tid; vänta så många sekunder som Retry-After säger",
    "500": "Något gick fel; uppge felkoden",
    "503": "Uppgifterna går inte att nå just nu",
}
FAULT = {
    "type": "object",
    "required": ["message", "error_id"],
    "properties": {"message": {"type": "string"}, "error_id": {"type": "string"}},
}
HEADERS = {
    "ETag": {"required": True, "schema": {"type": "string"}},
    "X-Total-Count": {"required": True, "schema": {"type": "integer", "minimum": 0}},
    "Link": {"description": "nästa sidas adress", "schema": {"type": "string"}},
}
RETRY_AFTER = {"Retry-After": {"required": True, "schema": {"type": "integer", "minimum": 1}}}


def describe() -> dict[str, Any]:
    """Return the description as OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vårdval BUP",
            "version": "1",
            "description": "Läsning för andra program: det som kontots egna sidor visar, och inget annat.",
        },
        "security": [{"token": []}],
        "paths": {resource.path: {"get": _operation(resource)} for resource in RESOURCES},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "En nyckel från Mitt konto"}
            },
            "schemas": {"Fault": FAULT} | {r.row.__name__: r.row.model_json_schema() for r in RESOURCES},
        },
    }


def _operation(resource: Resource) -> dict[str, Any]:
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Fault"}}}
    faults: dict[str, dict[str, Any]] = {
        code: {"description": text, "content": fault} for code, text in FAULTS.items()
    }
    faults["429"]["headers"] = RETRY_AFTER
    return {
        "operationId": resource.name,
        "summary": resource.summary,
        "parameters": _parameters(resource.question),
        "responses": {
            "200": {
                "description": resource.summary,
                "headers": HEADERS,
                "content": {
                    "application/json": {"schema": _answer(resource)},
                    "text/csv": {"schema": {"type": "string"}},
                },
            },
            "304": {"description": "Inget är ändrat sedan svaret med samma ETag"},
            **faults,
        },
    }


def _parameters(question: type[Question]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "description": schema["description"],
            "schema": {key: schema[key] for key in schema if key not in ("title", "description")}
            if schema.get("default")
            else {key: schema[key] for key in schema if key not in ("title", "description", "default")},
        }
        for name, schema in question.model_json_schema()["properties"].items()
    ]


def _answer(resource: Resource) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{resource.row.__name__}"}
    return {
        "type": "object",
        "required": ["rows", "page", "size", "total", "next"],
        "properties": {
            "rows": {"type": "array", "items": row},
            "page": {"type": "integer"},
            "size": {"type": "integer"},
            "total": {"type": "integer"},
            "next": {"type": ["string", "null"], "description": "nästa sidas adress"},
        },
    }
