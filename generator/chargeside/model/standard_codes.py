"""What the standards have chargers report, so that it can be shown which of it is explained and what helps.

Names and meanings are those of the Open Charge Alliance's OCPP 1.6 and 2.0.1 (2.1 where said), as open implementations carry
them, and of the ChargeX Consortium's minimum required error codes, revision 5 (Idaho National Laboratory, 2023).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standard:
    """A list of codes in a standard. `system` as codes.yml names it. `fine`: those that report nothing wrong."""

    name: str
    system: str
    codes: tuple[str, ...]
    fine: tuple[str, ...] = ()


STANDARDS = (
    Standard(
        "OCPP 1.6: error codes (ChargePointErrorCode)",
        "ocpp16",
        (
            "ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError",
            "LocalListConflict", "NoError", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure",
            "PowerSwitchFailure", "ReaderFailure", "ResetFailure", "UnderVoltage", "WeakSignal",
        ),
        ("NoError",),
    ),
    Standard(
        "OCPP 1.6: reasons for a stop (Reason)",
        "ocpp16",
        (
            "DeAuthorized", "EmergencyStop", "EVDisconnected", "HardReset", "Local", "Other", "PowerLoss", "Reboot", "Remote",
            "SoftReset", "UnlockCommand",
        ),
    ),
    Standard(
        "OCPP 1.6: authorisation (AuthorizationStatus)",
        "ocpp16",
        ("Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid"),
        ("Accepted",),
    ),
    Standard(
        "OCPP 2.0.1: reasons for a stop (ReasonEnumType), with ReqEnergyTransferRejected of 2.1",
        "ocpp2",
        (
            "DeAuthorized", "EmergencyStop", "EnergyLimitReached", "EVDisconnected", "GroundFault", "ImmediateReset", "Local",
            "LocalOutOfCredit", "MasterPass", "Other", "OvercurrentFault", "PowerLoss", "PowerQuality", "Reboot", "Remote",
            "ReqEnergyTransferRejected", "SOCLimitReached", "StoppedByEV", "TimeLimitReached", "Timeout",
        ),
    ),
    Standard(
        "OCPP 2.0.1: authorisation (AuthorizationStatusEnumType)",
        "ocpp2",
        (
            "Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid", "NoCredit", "NotAllowedTypeEVSE", "NotAtThisLocation",
            "NotAtThisTime", "Unknown",
        ),
        ("Accepted",),
    ),
    Standard(
        "ChargeX: minimum required error codes",
        "chargex",
        tuple(f"CX{number:03}" for number in range(1, 27) if number not in (7, 12, 13, 16, 21)),
    ),
)  # fmt: skip

UNVERIFIED = (
    ("CX007", "WeakSignal", "the number"),
    ("CX012", "PreChargeFailure", "number and name"),
    ("CX013", "NoInternet", "number and name"),
    ("CX016", "EVContactorFault", "number and name"),
    ("CX021", "CapacitanceFault", "number, name and meaning"),
)
"""ChargeX codes that nothing is shown for: code, probable name, and what no second source confirms."""
