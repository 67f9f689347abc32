"""The bill of materials: every package that files of the image come from, as SPDX 2.3."""

import datetime
import re


def make(tools, tree, settings):
    packages = installed(tree)
    name = f"kagikura-{settings.version}"
    created = datetime.datetime.fromtimestamp(tools.epoch, datetime.UTC)
    entries = [entry(package) for package in packages]
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": name, "documentNamespace": f"https://kagikura.example/spdx/{name}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: kagikura-image-build"]},
        "packages": [image(settings), *entries],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
             "relatedSpdxElement": "SPDXRef-image"},
            *({"spdxElementId": "SPDXRef-image", "relationshipType": "CONTAINS",
               "relatedSpdxElement": one["SPDXID"]} for one in entries)],
    }


def image(settings):
    return {"SPDXID": "SPDXRef-image", "name": "kagikura-image", "versionInfo": settings.version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
            "copyrightText": "NOASSERTION", "supplier": "NOASSERTION"}


def installed(tree):
    """The paragraphs of dpkg's status, as dictionaries, by name."""
    found = []
    for paragraph in (tree / "var/lib/dpkg/status").read_text(encoding="utf-8").split("\n\n"):
        fields = {}
        for line in paragraph.splitlines():
            key, colon, value = line.partition(": ")
            if colon and not line.startswith(" "):
                fields[key] = value
        if fields.get("Status", "").endswith(" installed"):
            found.append(fields)
    return sorted(found, key=lambda fields: (fields["Package"], fields["Architecture"]))


def entry(fields):
    name, version = fields["Package"], fields["Version"]
    source = fields.get("Source", name)
    found = re.fullmatch(r"(\S+) \((\S+)\)", source)
    source_name, source_version = found.groups() if found else (source, version)
    identifier = re.sub(r"[^A-Za-z0-9.-]", "-", f"{name}-{fields['Architecture']}")
    place = f"pkg:deb/debian/{name}@{version}?arch={fields['Architecture']}&distro=bookworm"
    return {
        "SPDXID": f"SPDXRef-Package-{identifier}", "name": name, "versionInfo": version,
        "supplier": "Organization: " + fields.get("Maintainer", "unknown").split(" <")[0],
        "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION", "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "sourceInfo": f"built from {source_name} {source_version}",
        "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                          "referenceLocator": place}],
    }
