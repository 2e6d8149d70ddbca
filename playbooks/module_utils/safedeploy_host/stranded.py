"""A host that no restored configuration brings up: what is left there, and what a person does by hand."""

from __future__ import annotations

from . import by_hand, switch
from .clock import iso
from .protocol import AgentError
from .serving import bring_up, loaded_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kept_aside import Edits
    from .protocol import Json
    from .services import Services
    from .store import Store


def strand(
    store: Store, services: Services, record: Json, *, cause: str, tried: list[Json], edits: Edits
) -> AgentError:
    """Leave the files as they were before the activation, if that can be done; return the error to raise."""
    now = services.now()
    try:
        make = switch.directories(record["before"], store.roots)
        switch.apply(store, record["before"], edits, make=make, remove=switch.made(record))
        services.restore_others(record.get("services") or [])
        services.reload()
    except Exception as error:  # noqa: BLE001 -- whatever it is, the host must be named stranded
        why = str(error) or type(error).__name__
        tried.append({"went_to": "before", "release": record["before_release"], "why": why})
    steps = by_hand.steps(store, record, now)
    state = store.state.load()
    state.update(
        pending=None,
        current=record["before_release"],
        stranded={
            "since": iso(now),
            "cause": cause,
            "steps": steps,
            "tried": tried,
            "kept_aside": edits.kept,
            "record": record,
        },
    )
    store.state.save(state)
    store.journal.clear()
    store.audit(
        "stranded",
        now,
        activation=record["activation"],
        release=record["release"],
        cause=cause,
        tried=tried,
        kept_aside=edits.kept,
    )
    return AgentError(
        "stranded",
        f"the activation of {record['release']} failed ({cause}) and no earlier configuration brings httpd up: "
        + "; ".join(f"{item['went_to']} ({item['release']}): {item['why']}" for item in tried),
        state="This host needs hands: httpd may be down, or may not serve.",
        next=steps[0],
        detail={"cause": cause, "tried": tried, "steps": steps, "kept_aside": edits.kept},
    )


def leave(store: Store, services: Services, *, by: str) -> Json:
    """Look whether a stranded host is well as it is now, and record that; no file is changed.

    Returns {"release", "differs"}: the paths that are not as that release has them, which were mended by hand. Raises
    AgentError(stranded) when httpd does not come up, or is not well. The lock is held.
    """
    now = services.now()
    state = store.state.load()
    was: Json = state["stranded"]
    record = was["record"]
    found = store.releases.preflight(record["release"])
    reload, _, why = bring_up(services, found, changed=False, restart=services.several())
    if why:
        raise still(was, f"this host is stranded since {was['since']} ({was['cause']}), and is not well yet: {why}")
    live = store.live(record["before"])
    differs = sorted(path for path, entry in record["before"].items() if live[path] != entry)
    release = record["before_release"]
    loaded = loaded_record(release, reload, now) if reload["how"] != "none" else state["loaded"]
    store.state.save({**state, "stranded": None, "since": iso(now), "by": by, "loaded": loaded})
    by_hand.forget(store)
    store.audit("mended", now, activation=record["activation"], release=release, differs=differs, by=by)
    return {"release": release, "differs": differs}


def still(was: Json, message: str) -> AgentError:
    """The refusal on a host that is stranded, `was` being state's `stranded`; no file was changed."""
    return AgentError(
        "stranded",
        message,
        state="This host needs hands: httpd may be down, or may not serve.",
        next=was["steps"][0],
        detail={"cause": was["cause"], "tried": was["tried"], "steps": was["steps"]},
    )
