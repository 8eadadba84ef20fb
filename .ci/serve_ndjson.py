"""What schemathesis needs to send JSON lines: it loads this file as its hooks."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    return (value if isinstance(value, str) else json.dumps(value)).encode()
