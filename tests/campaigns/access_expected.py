"""Who may do what, written from the requirements and from nothing else: the product's own table
(policy/access.cpp) is what this one judges. One row an act of the web edge.

    act: (who, where, how)
      who    R 責任者, H 事務取扱担当者, V 閲覧, G 権限管理者, O 保安担当, K 鍵管理者, A 監査人,
             L holder of a one-time link, * anybody
      where  d 取扱区域 (desk), c 収集 (collection)
      how    - nothing, s a session, c a session and the page's proof, l a valid link
All of them need an operational appliance, except those in ALWAYS.
"""

# Letter -> role, of everybody who can have an account.
ROLES = {"R": "kResponsible", "H": "kHandler", "V": "kViewer", "G": "kRightsManager",
         "O": "kSecurityOfficer", "K": "kCustodian", "A": "kAuditor"}
EVERYBODY = "".join(ROLES)

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
    "RequestMailCode": ("*", "d", "-"),
    "RequestReminder": ("*", "d", "-"),
    "ResetPassword": ("*", "d", "-"),
    # A person may open the link where collection is allowed, and at a desk of the firm.
    "OpenPortal": ("L", "dc", "l"),
    "SubmitNumbers": ("L", "dc", "l"),
    "DeclineNumbers": ("L", "dc", "l"),
    # Everybody with an account.
    "GetSession": (EVERYBODY, "d", "s"),
    "SignOut": (EVERYBODY, "d", "c"),
    # Everybody has factors of his own to change.
    "StepUp": (EVERYBODY, "d", "c"),
    "GetMyAccount": (EVERYBODY, "d", "s"),
    "EndMySession": (EVERYBODY, "d", "c"),
    "ChangePassword": (EVERYBODY, "d", "c"),
    "MakeRecoveryCodes": (EVERYBODY, "d", "c"),
    "BeginAuthenticator": (EVERYBODY, "d", "c"),
    "FinishAuthenticator": (EVERYBODY, "d", "c"),
    "AddPasskey": (EVERYBODY, "d", "c"),
    "RemovePasskey": (EVERYBODY, "d", "c"),
    "SetMail": (EVERYBODY, "d", "c"),
    "ConfirmMail": (EVERYBODY, "d", "c"),
    "ConfirmDevices": (EVERYBODY, "d", "c"),
    "GetDashboard": (EVERYBODY, "d", "s"),
    # The register belongs to those who work with it, and to who may look; auditor, rights manager,
    # security officer and custodian see no person's data.
    "ListPeople": ("RHV", "d", "s"),
    "GetPerson": ("RHV", "d", "s"),
    "PreviewRoster": ("H", "d", "c"),
    "ImportRoster": ("H", "d", "c"),
    "SetLeaving": ("H", "d", "c"),
    "CreateRequests": ("H", "d", "c"),
    "ListRequests": ("RHV", "d", "s"),
    "RevokeRequest": ("RH", "d", "c"),
    "ListSubmissions": ("RHV", "d", "s"),
    "GetSubmission": ("RHV", "d", "s"),
    # Approval is the responsible person's, use the handler's: never both with one.
    "ApproveSubmission": ("R", "d", "c"),
    "ReturnSubmission": ("R", "d", "c"),
    "Reveal": ("H", "d", "c"),
    "ListDisposals": ("RHV", "d", "s"),
    "GetDisposal": ("RHVA", "d", "s"),
    "ProposeDisposal": ("H", "d", "c"),
    "ApproveDisposal": ("R", "d", "c"),
    "CancelDisposal": ("RH", "d", "c"),
    "ReadLog": ("RAO", "d", "s"),
    "ExportLog": ("A", "d", "c"),
    # Rights are granted by who sees no number, and agreed on with the responsible person.
    "ListAccounts": ("RGOA", "d", "s"),
    "InviteAccount": ("RG", "d", "c"),
    "ChangeRole": ("RG", "d", "c"),
    "DisableAccount": ("RGO", "d", "c"),
    # Who may handle numbers, for whom and how long; anybody who guards may end it at once.
    "Designate": ("RG", "d", "c"),
    "GetDesignation": ("RGOA", "d", "s"),
    "EndDesignation": ("RGO", "d", "c"),
    # Places are the responsible person's and the security officer's to propose.
    "GetZones": ("RGOA", "d", "s"),
    "ProposeZones": ("RO", "d", "c"),
    # Everybody may know what he may do, and why not.
    "GetRules": (EVERYBODY, "d", "s"),
    # What nobody does alone. The handler has proposed an early disposal at most; the auditor looks.
    "ListProposals": ("RGOHA", "d", "s"),
    "GetProposal": ("RGOHA", "d", "s"),
    "ApproveProposal": ("RGO", "d", "c"),
    "RefuseProposal": ("RGO", "d", "c"),
    "CancelProposal": ("RGOH", "d", "c"),
    "ExecuteProposal": ("RGO", "d", "c"),
    # When people may work is decided like where; everybody may know it. Who has to work outside of
    # it asks; another person opens.
    "GetHours": (EVERYBODY, "d", "s"),
    "ProposeHours": ("RO", "d", "c"),
    "AskEmergency": ("RGOH", "d", "c"),
    # Who agrees in the place of whom, decided by those who guard; ended by any of them at once.
    "GetDelegation": ("RGOA", "d", "s"),
    "Delegate": ("RGO", "d", "c"),
    "EndDelegation": ("RGO", "d", "c"),
    # Other systems are let in by who grants rights; who keeps places may shut them out too.
    "ListClients": ("RGOA", "d", "s"),
    "EnrolClient": ("RG", "d", "c"),
    "RenewClient": ("RG", "d", "c"),
    "RevokeClient": ("RGO", "d", "c"),
    # The companies of the group: the firm's, whose appliance it is.
    "ListCompanies": ("RGOA", "d", "s"),
    "AddCompany": ("RG", "d", "c"),
    # Systems show theirs; and a desk where its place wants one (the act says whether it does).
    "PresentCertificate": ("*", "d", "-"),
    # Of systems alone, on their own listener: nobody's at a desk or in collection.
    "GetOwnClient": ("", "", "-"),
    "GetLogHead": ("", "", "-"),
    "GetSettings": ("RH", "d", "s"),
    "SaveSettings": ("R", "d", "c"),
}
ALWAYS = {"Greet", "GetPublicFacts"}
# What another system may ask for, with which right (none: any that is let in). It never approves,
# never re-authenticates, and no right opens a number: a firm's payroll gets numbers in documents,
# never as a field. Before it has shown its certificate it may do what API_OPEN says.
API_OPEN = {"Greet", "GetPublicFacts", "SignHandshake", "PresentCertificate"}
API_RIGHTS = {
    "GetOwnClient": None,
    "ListPeople": "kReadPeople",
    "GetPerson": "kReadPeople",
    "PreviewRoster": "kImportRoster",
    "ImportRoster": "kImportRoster",
    "CreateRequests": "kRequestNumbers",
    "RevokeRequest": "kRequestNumbers",
    "ListRequests": "kReadRequests",
    "GetLogHead": "kReadLogHead",
}
# The same as routes.
API_ROUTES = {
    ("GET", "/api/v1/openapi.yaml"): None,
    ("GET", "/api/v1/client"): None,
    ("GET", "/api/v1/log/head"): "kReadLogHead",
    ("GET", "/api/v1/people"): "kReadPeople",
    ("GET", "/api/v1/people/{id}"): "kReadPeople",
    ("POST", "/api/v1/roster/previews"): "kImportRoster",
    ("POST", "/api/v1/roster/imports"): "kImportRoster",
    ("GET", "/api/v1/requests"): "kReadRequests",
    ("POST", "/api/v1/requests"): "kRequestNumbers",
    ("POST", "/api/v1/requests/{id}/revoke"): "kRequestNumbers",
}
# What a desk may do in a place that wants a certificate before it has shown one that is accepted.
BEFORE_CERTIFICATE = {"Greet", "GetPublicFacts", "SignHandshake", "PresentCertificate", "Admit"}
# A session ends after a quarter of an hour without an act and after twelve hours in every case
# (NIST SP 800-63B-4, AAL3); of who decides on rights and places after ten minutes and eight hours;
# a grant after two minutes. Seconds.
IDLE_S = 15 * 60
ABSOLUTE_S = 12 * 3600
ADMIN_IDLE_S = 10 * 60
ADMIN_ABSOLUTE_S = 8 * 3600
ADMINS = "RGO"
GRANT_S = 120
# A code by mail is the lowest level: enough to look. A recovery code is enough to repair one's own
# factors besides. Numbers,
# rights, what is done to many at once, and more recovery codes need an authenticator app or a
# passkey.
SURE = {"ImportRoster", "CreateRequests", "ApproveSubmission", "Reveal", "ProposeDisposal",
        "ApproveDisposal", "ExportLog", "InviteAccount", "DisableAccount", "SaveSettings",
        "MakeRecoveryCodes", "ConfirmDevices", "SetMail", "ConfirmMail", "ChangeRole",
        "ProposeZones", "ApproveProposal", "EnrolClient", "RenewClient", "RevokeClient",
        "ExecuteProposal", "Designate", "ProposeHours", "AskEmergency",
        "Delegate", "AddCompany"}
REPAIR = {"ChangePassword", "BeginAuthenticator", "FinishAuthenticator", "AddPasskey",
          "RemovePasskey"}
# Who works with people and their numbers does so within a designation that is in force; and opens
# only numbers of its scope.
DESIGNATED = "HV"
OF_PEOPLE = {"ListPeople", "GetPerson", "PreviewRoster", "ImportRoster", "SetLeaving",
             "CreateRequests", "ListRequests", "RevokeRequest", "ListSubmissions",
             "GetSubmission", "ListDisposals", "GetDisposal", "ProposeDisposal",
             "CancelDisposal", "Reveal"}
OF_NUMBERS = {"Reveal"}
# Opening hours close what works with people, numbers, rights and the firm's settings. What protects
# the firm is never closed: signing in and out, one's own factors, stopping somebody, the log,
# places, hours, and agreeing on proposals.
IN_HOURS = OF_PEOPLE | {"OpenPortal", "SubmitNumbers", "DeclineNumbers", "ApproveSubmission",
                        "ReturnSubmission", "ApproveDisposal", "ExportLog", "InviteAccount",
                        "ChangeRole", "Designate", "Delegate", "EnrolClient", "RenewClient",
                        "GetSettings", "SaveSettings", "AddCompany"}
# What is about the appliance as a whole, not about one company's people and rights: people of the
# other companies of the group, in whatever role, neither see nor change it.
OF_BOX = {"ExportLog", "GetZones", "ProposeZones", "ProposeHours", "AskEmergency",
          "ListCompanies", "AddCompany"}
# What somebody who stands in for a role may do besides what his own allows: agree, and see what he
# agrees on.
DELEGABLE = {"ListSubmissions", "GetSubmission", "ApproveSubmission", "ReturnSubmission",
             "ListDisposals", "GetDisposal", "ApproveDisposal", "ListProposals", "GetProposal",
             "ApproveProposal", "RefuseProposal", "ExecuteProposal"}
# Re-authentication is for an act that the role may do. Everybody may change his own factors.
OWN = {"kChangePassword", "kMakeRecoveryCodes", "kReplaceAuthenticator", "kAddPasskey",
       "kRemovePasskey", "kSetMail"}
STEP_UP_ACTS = {"R": {"kApproveDisposal", "kApproveProposal", "kExecuteProposal"} | OWN,
                "H": {"kReveal"} | OWN, "A": {"kExportLog"} | OWN,
                "G": {"kApproveProposal", "kExecuteProposal"} | OWN,
                "O": {"kApproveProposal", "kExecuteProposal"} | OWN, "V": OWN, "K": OWN}
# A number, a disposal, an export, both halves of what takes two, and one's own factors need a
# re-authentication for exactly that act besides. Which one is for which.
STEP_UP_FOR = {"Reveal": "kReveal", "ApproveDisposal": "kApproveDisposal",
               "ExportLog": "kExportLog", "ApproveProposal": "kApproveProposal",
               "ExecuteProposal": "kExecuteProposal", "ChangePassword": "kChangePassword",
               "MakeRecoveryCodes": "kMakeRecoveryCodes",
               "BeginAuthenticator": "kReplaceAuthenticator", "SetMail": "kSetMail"}
# The same for passkeys, whose acts need a browser's authenticator besides (campaign browser).
STEP_UP_FOR_PASSKEYS = {"AddPasskey": "kAddPasskey", "RemovePasskey": "kRemovePasskey"}
# What a grant may be, and whether the act goes through with it.
GRANTS = {"right": True, "missing": False, "unknown": False, "used": False, "expired": False,
          "other act": False, "other people": False, "other session": False,
          "other proposal": False}
# A number is revealed only for a purpose that its person was told.
PURPOSE_FOR = {"Reveal"}

# The console's socket: (who, in which states). Who: O the operator at the console, U the program of
# unattended sites, W the watcher of the cover, M metrics and syslog,
# P the one that sends mail. States by their first letters.
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
    "TakeMail": ("P", "ULOSF"),
    "ReportMail": ("P", "ULOSF"),
    # The zones that people decided on lie in the register: there is nothing to drop without it.
    "ResetZones": ("O", "O"),
    # Two other people and the PIN; and the certificate that browsers see.
    "RescueAccount": ("O", "O"),
    "RenewCertificate": ("O", "O"),
}
