"""What people and their offices do. Each is one transaction; a "no" is a Refusal."""

from pintar.people.actions.accounts import Created, activate, create_person, make_code, register, show_code
from pintar.people.actions.factors import (
    add_passkey,
    ask_for_passkey,
    begin_authenticator,
    begin_passkey,
    check_factor,
    check_passkey,
    confirm_authenticator,
    new_recovery_codes,
    remove_authenticator,
    remove_passkey,
)
from pintar.people.actions.grants import end_grant, give_grant
from pintar.people.actions.imports import NewCode, Report, import_people
from pintar.people.actions.profiles import add_number, change_profile, consent, erase_account, remove_claim
from pintar.people.actions.secrets import (
    ask_confirmation,
    ask_reset,
    change_email,
    change_password,
    check_password,
    confirm_email,
    read_confirmation,
    read_reset,
    reset_password,
)
from pintar.people.actions.sessions import (
    begin_session,
    end_other_sessions,
    end_session,
    keep_preferences,
    note_seen,
    renew_session,
)
from pintar.people.actions.signing_in import Device, SignedIn, sign_in, sign_in_for_token
from pintar.people.actions.units import grow_units, make_unit

__all__ = [
    "Created",
    "Device",
    "NewCode",
    "Report",
    "SignedIn",
    "activate",
    "add_number",
    "add_passkey",
    "ask_confirmation",
    "ask_for_passkey",
    "ask_reset",
    "begin_authenticator",
    "begin_passkey",
    "begin_session",
    "change_email",
    "change_password",
    "change_profile",
    "check_factor",
    "check_passkey",
    "check_password",
    "confirm_authenticator",
    "confirm_email",
    "consent",
    "create_person",
    "end_grant",
    "end_other_sessions",
    "end_session",
    "erase_account",
    "give_grant",
    "grow_units",
    "import_people",
    "keep_preferences",
    "make_code",
    "make_unit",
    "new_recovery_codes",
    "note_seen",
    "read_confirmation",
    "read_reset",
    "register",
    "remove_authenticator",
    "remove_claim",
    "remove_passkey",
    "renew_session",
    "reset_password",
    "show_code",
    "sign_in",
    "sign_in_for_token",
]
