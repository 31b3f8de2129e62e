"""-G schema is a JSON Schema, and all records keep to it."""

import json
import unittest

import jsonschema

import common


class Schema(unittest.TestCase):
    def test_records_keep_to_it(self):
        schema = json.loads(common.run("-G", "schema"))
        jsonschema.Draft202012Validator.check_schema(schema)
        # Others may ignore keys that they do not know; here there are none.
        for definition in schema["$defs"].values():
            if definition.get("type") == "object":
                definition["additionalProperties"] = False
        validator = jsonschema.Draft202012Validator(schema)
        lines = common.all_lines()
        self.assertGreater(len(lines), 2000)
        for line in lines:
            error = jsonschema.exceptions.best_match(validator.iter_errors(json.loads(line)))
            self.assertIsNone(error, error and f"{error.message} at {list(error.absolute_path)}")
        broken = json.loads(lines[0])
        broken["frame"]["frame.number"] = "1"
        self.assertFalse(validator.is_valid(broken))
        broken = json.loads(lines[0]) | {"frames": {}}
        self.assertFalse(validator.is_valid(broken))
