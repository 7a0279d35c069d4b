"""Validates Fides YAML with fideslang's own models: fides.py FILE. Prints where it is wrong, never what stands there."""
import sys
import yaml
from fideslang import Dataset, System
from fideslang.default_taxonomy import DEFAULT_TAXONOMY
from pydantic import ValidationError

document = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
categories = {c.fides_key for c in DEFAULT_TAXONOMY.data_category}
uses = {u.fides_key for u in DEFAULT_TAXONOMY.data_use}
wrong = [f"unknown key {key}" for key in document if key not in ("dataset", "system")]


def held(model, kind, items):
    for at, item in enumerate(items):
        try:
            unknown = set(item) - set(model.model_fields)
            wrong.extend(f"{kind}.{at}: {key} is no key of the model" for key in unknown)
            yield at, model(**item)
        except ValidationError as error:
            wrong.extend(f"{kind}.{at}.{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors())


def fields(collection):
    stack = list(collection.fields)
    while stack:
        field = stack.pop()
        stack.extend(field.fields or [])
        yield field


datasets = list(held(Dataset, "dataset", document["dataset"]))
systems = list(held(System, "system", document["system"]))
for at, dataset in datasets:
    for collection in dataset.collections:
        for field in fields(collection):
            if not set(field.data_categories or []) <= categories:
                wrong.append(f"dataset.{at}: a category is not of the taxonomy")
for at, system in systems:
    for declaration in system.privacy_declarations:
        if declaration.data_use not in uses or not set(declaration.data_categories) <= categories:
            wrong.append(f"system.{at}: a use or category is not of the taxonomy")
print("\n".join(wrong))
print(len(datasets), len(systems), sum(len(s.privacy_declarations) for _, s in systems))
sys.exit(1 if wrong else 0)
