"""Validates a document against a JSON Schema: validate.py SCHEMA DOCUMENT. Prints where it is wrong, never what stands there."""
import json, sys
from jsonschema import validators

schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
validator = validators.validator_for(schema)(schema)
errors = ["/".join(map(str, e.absolute_path)) + ": " + e.validator for e in validator.iter_errors(document)]
print("\n".join(errors))
sys.exit(1 if errors else 0)
