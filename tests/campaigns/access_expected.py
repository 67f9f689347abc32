"""Who may do what, written from the requirements and from nothing else: the product's own table
(policy/access.cpp) is what this one judges. One row an act of the web edge.

    act: (who, where, how)
      who    R 責任者, H 事務取扱担当者, A 監査人, L holder of a one-time link, * anybody
      where  d 取扱区域 (desk), c 収集 (collection)
      how    - nothing, s a session, c a session and the page's proof, l a valid link
All of them need an operational appliance, except those in ALWAYS.
"""

EXPECTED = {
    "Greet": ("*", "dc", "-"),
    "GetPublicFacts": ("*", "dc", "-"),
    "SignHandshake": ("*", "dc", "-"),
    # Accounts are used at the desk only.
    "SignIn": ("*", "d", "-"),
    "BeginEnrolment": ("*", "d", "-"),
    "FinishEnrolment": ("*", "d", "-"),
    "BeginPasskeySignIn": ("*", "d", "-"),
    "SignInWithPasskey": ("*", "d", "-"),
    # A person may open the link where collection is allowed, and at a desk of the firm.
    "OpenPortal": ("L", "dc", "l"),
    "SubmitNumbers": ("L", "dc", "l"),
    "DeclineNumbers": ("L", "dc", "l"),
    # Everybody with an account.
    "GetSession": ("RHA", "d", "s"),
    "SignOut": ("RHA", "d", "c"),
    "StepUp": ("RHA", "d", "c"),
    "GetMyAccount": ("RHA", "d", "s"),
    "EndMySession": ("RHA", "d", "c"),
    "ChangePassword": ("RHA", "d", "c"),
    "MakeRecoveryCodes": ("RHA", "d", "c"),
    "BeginAuthenticator": ("RHA", "d", "c"),
    "FinishAuthenticator": ("RHA", "d", "c"),
    "AddPasskey": ("RHA", "d", "c"),
    "RemovePasskey": ("RHA", "d", "c"),
    "ConfirmDevices": ("RHA", "d", "c"),
    "GetDashboard": ("RHA", "d", "s"),
    # The register belongs to those who work with it; the auditor sees no person's data.
    "ListPeople": ("RH", "d", "s"),
    "GetPerson": ("RH", "d", "s"),
    "PreviewRoster": ("H", "d", "c"),
    "ImportRoster": ("H", "d", "c"),
    "SetLeaving": ("H", "d", "c"),
    "CreateRequests": ("H", "d", "c"),
    "ListRequests": ("RH", "d", "s"),
    "RevokeRequest": ("RH", "d", "c"),
    "ListSubmissions": ("RH", "d", "s"),
    "GetSubmission": ("RH", "d", "s"),
    # Approval is the responsible person's, use the handler's: never both with one.
    "ApproveSubmission": ("R", "d", "c"),
    "ReturnSubmission": ("R", "d", "c"),
    "Reveal": ("H", "d", "c"),
    "ListDisposals": ("RH", "d", "s"),
    "GetDisposal": ("RHA", "d", "s"),
    "ProposeDisposal": ("H", "d", "c"),
    "ApproveDisposal": ("R", "d", "c"),
    "CancelDisposal": ("RH", "d", "c"),
    "ReadLog": ("RA", "d", "s"),
    "ExportLog": ("A", "d", "c"),
    "ListAccounts": ("RA", "d", "s"),
    "InviteAccount": ("R", "d", "c"),
    "DisableAccount": ("R", "d", "c"),
    "GetSettings": ("RH", "d", "s"),
    "SaveSettings": ("R", "d", "c"),
}
ALWAYS = {"Greet", "GetPublicFacts"}
# A session ends after a quarter of an hour without an act and after twelve hours in every case
# (NIST SP 800-63B-4, AAL3); a grant after two minutes. Seconds.
IDLE_S = 15 * 60
ABSOLUTE_S = 12 * 3600
GRANT_S = 120
# A recovery code is the lowest level: enough to see and to repair one's own factors. Numbers,
# rights, what is done to many at once, and more recovery codes need an authenticator app or a
# passkey.
SURE = {"ImportRoster", "CreateRequests", "ApproveSubmission", "Reveal", "ProposeDisposal",
        "ApproveDisposal", "ExportLog", "InviteAccount", "DisableAccount", "SaveSettings",
        "MakeRecoveryCodes", "ConfirmDevices"}
# Re-authentication is for an act that the role may do. Everybody may change his own factors.
OWN = {"kChangePassword", "kMakeRecoveryCodes", "kReplaceAuthenticator", "kAddPasskey",
       "kRemovePasskey"}
STEP_UP_ACTS = {"R": {"kApproveDisposal", "kInvite", "kSaveSettings"} | OWN,
                "H": {"kReveal"} | OWN, "A": {"kExportLog"} | OWN}
# Which re-authentication is for which act: a number, a disposal, an export, rights and one's own
# factors need one for exactly that act.
STEP_UP_FOR = {"Reveal": "kReveal", "ApproveDisposal": "kApproveDisposal",
               "ExportLog": "kExportLog", "InviteAccount": "kInvite",
               "SaveSettings": "kSaveSettings", "ChangePassword": "kChangePassword",
               "MakeRecoveryCodes": "kMakeRecoveryCodes",
               "BeginAuthenticator": "kReplaceAuthenticator"}
# What a grant may be, and whether the act goes through with it.
GRANTS = {"right": True, "missing": False, "unknown": False, "used": False, "expired": False,
          "other act": False, "other people": False, "other session": False}

# The console's socket: (who, in which states). Who: O the operator at the console, U the program of
# unattended sites, W the watcher of the cover, M metrics and syslog. States by their first letters.
CONSOLE = {
    "GetStatus": ("OUM", "ULOSF"),
    "Provision": ("O", "U"),
    # A stored PIN opens what is locked; what is sealed only a person opens.
    "Unlock": ("OU", "L"),
    "Unseal": ("O", "S"),
    "SealAppliance": ("O", "LO"),
    "GetCheckpoint": ("O", "O"),
    "ExportLogLocal": ("O", "O"),
    "ShutDown": ("O", "ULOSF"),
    "ReportTamper": ("W", "ULOSF"),
    # A wrong network or clock must be mendable in every state.
    "AllowSite": ("O", "ULOSF"),
    "MakeBundle": ("O", "ULOSF"),
    "FollowLog": ("M", "ULOSF"),
}
