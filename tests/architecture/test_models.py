"""Foreign keys point down, and every field says what personal data it is."""

import house
import pytest
from django.apps import apps
from django.db import models

from pintar.foundation.privacy import Impersonal, Personal

OURS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("pintar.")]


def room_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_field_declares_its_privacy(model):
    declared = getattr(model, "PRIVACY", {})
    fields = {field.name for field in model._meta.get_fields() if field.concrete}
    assert fields - set(declared) == set(), "these fields say nothing"
    assert set(declared) - fields == set(), "these declarations have no field"
    assert all(isinstance(d, Impersonal) or (isinstance(d, Personal) and d.why and d.until) for d in declared.values())


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_foreign_keys_point_down_and_leave_no_name_above(model):
    floors = house.floors()
    for field in model._meta.get_fields():
        if not (field.is_relation and field.concrete):
            continue
        target = room_of(field.related_model)
        if target == room_of(model):
            continue
        assert floors[target] < floors[room_of(model)], f"{field} points up or sideways"
        assert field.remote_field.related_name == "+", f"{field} grows an attribute below"
        assert room_of(model) != "foundation", "the floor holds uids, never keys"
