#!/usr/bin/env python3
"""Reads a published service model (botocore's service-2.json, plain or gzipped) and writes our compact form.

    tools/import_model.py SERVICE MODEL > api/SERVICE.json

Only facts are kept: no documentation text. The form is described in api/README.md.
"""

import gzip
import json
import pathlib
import sys

PLAIN_TYPES = {"string", "boolean", "integer", "long", "float", "double", "timestamp", "blob"}
LOCATIONS = {"uri": "path", "querystring": "query"}
CONSTRAINTS = ("enum", "min", "max", "pattern", "timestampFormat")
KNOWN_SHAPE_KEYS = {
    "type", "members", "required", "member", "key", "value", "enum", "min", "max", "pattern", "timestampFormat",
    "exception", "error", "fault", "payload", "documentation", "sensitive", "box", "wrapper",
}

# Routes that old clients use beside the published one.
ROUTE_ALIASES = {"pinpoint": {"PutEvents": ["POST /v1/apps/{application-id}/events/legacy"]}}

# A label of the published URI that may span several segments when a client sends it unencoded (ARNs hold slashes).
SPANNING_LABELS = {"resource-arn", "ResourceArn"}

# Members whose published shape the service itself does not keep: it shows here the role that the request named.
MEMBER_SHAPES = {"personalize": {("DatasetExportJob", "roleArn"): "RoleArn", ("DatasetImportJob", "roleArn"): "RoleArn"}}

# Our own additions to published APIs: shapes of api/rapport.json that stand here too, in place of published ones.
OWN_SHAPES = {
    "pinpoint": (
        "EventCriterion", "EventStep", "EventWindow", "ListOfEventCriterion", "ListOfEventStep", "SegmentBehaviors",
    ),
}

# Structures whose required members the service looks for itself: one bad event does not refuse a whole request.
CHECKED_BY_SERVICE = {"pinpoint": {"Event", "EventsBatch", "Session"}}


def read_model(path):
    with open(path, "rb") as file:
        data = file.read()
    return json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)


def plain_type(shape):
    """The built-in type an unconstrained scalar shape stands for, or None."""
    if shape["type"] in PLAIN_TYPES and not any(key in shape for key in CONSTRAINTS):
        return shape["type"]
    return None


def reference(shapes, name):
    return plain_type(shapes[name]) or name


def convert_member(shapes, name, member, payload):
    unknown = set(member) - {"shape", "documentation", "location", "locationName", "box", "jsonvalue", "contextParam"}
    if unknown:
        raise SystemExit(f"unknown member traits: {sorted(unknown)}")
    target = reference(shapes, member["shape"])
    place = None
    if "location" in member:
        place = LOCATIONS[member["location"]]
    elif payload == name:
        place = "payload"
    wire = member.get("locationName", name)
    if place is None and wire == name and not member.get("jsonvalue"):
        return target
    converted = {"shape": target}
    if place:
        converted["in"] = place
    if wire != name:
        converted["name"] = wire
    if member.get("jsonvalue"):
        converted["json"] = True
    return converted


def convert_shape(shapes, shape):
    unknown = set(shape) - KNOWN_SHAPE_KEYS
    if unknown:
        raise SystemExit(f"unknown shape traits: {sorted(unknown)}")
    converted = {"type": shape["type"]}
    if "exception" in shape:
        converted["error"] = shape.get("error", {}).get("httpStatusCode", 400)
    if "required" in shape:
        converted["required"] = shape["required"]
    if "members" in shape:
        converted["members"] = {
            name: convert_member(shapes, name, member, shape.get("payload"))
            for name, member in sorted(shape["members"].items())
        }
    for part in ("member", "key", "value"):
        if part in shape:
            converted[part] = reference(shapes, shape[part]["shape"])
    for constraint in CONSTRAINTS:
        if constraint in shape:
            converted[constraint] = shape[constraint]
    return converted


def span(uri):
    for label in SPANNING_LABELS:
        uri = uri.replace("{%s}" % label, "{%s+}" % label)
    return uri


def convert_operation(service, name, operation):
    http = operation["http"]
    converted = {"http": f"{http['method']} {span(http['requestUri'])}", "status": http.get("responseCode", 200)}
    aliases = ROUTE_ALIASES.get(service, {}).get(name)
    if aliases:
        converted["aliases"] = aliases
    for part in ("input", "output"):
        if part in operation:
            converted[part] = operation[part]["shape"]
    converted["errors"] = sorted(error["shape"] for error in operation.get("errors", []))
    return converted


def convert(service, model):
    metadata = model["metadata"]
    shapes = model["shapes"]
    for (shape, member), target in MEMBER_SHAPES.get(service, {}).items():
        shapes[shape]["members"][member]["shape"] = target
    for shape in CHECKED_BY_SERVICE.get(service, ()):
        shapes[shape].pop("required", None)
    result = {"service": service}
    for key in ("serviceId", "protocol", "apiVersion", "endpointPrefix", "signingName", "targetPrefix"):
        if key in metadata:
            result[key] = metadata[key]
    result["operations"] = {
        name: convert_operation(service, name, operation) for name, operation in sorted(model["operations"].items())
    }
    result["shapes"] = {
        name: convert_shape(shapes, shape) for name, shape in sorted(shapes.items()) if plain_type(shape) is None
    }
    own = json.loads((pathlib.Path(__file__).parent.parent / "api/rapport.json").read_text())["shapes"]
    result["shapes"] |= {name: own[name] for name in OWN_SHAPES.get(service, ())}
    result["shapes"] = dict(sorted(result["shapes"].items()))
    return result


def write(result, out):
    """One operation or shape a line."""
    out.write("{\n")
    for key, value in result.items():
        if key in ("operations", "shapes"):
            continue
        out.write(f"{json.dumps(key)}: {json.dumps(value)},\n")
    for group in ("operations", "shapes"):
        lines = [
            f"  {json.dumps(name)}: {json.dumps(value, separators=(', ', ': '))}"
            for name, value in result[group].items()
        ]
        out.write(f'"{group}": {{\n' + ",\n".join(lines) + "\n}" + (",\n" if group == "operations" else "\n"))
    out.write("}\n")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    write(convert(sys.argv[1], read_model(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
