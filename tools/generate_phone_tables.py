#!/usr/bin/python3
"""Writes the time zones and carriers of telephone prefixes as constant tables for src/phone_numbers (declared in prefixes.h).

    tools/generate_phone_tables.py OUTPUT.cpp

They are libphonenumber's own, which its C++ library leaves out; Debian's python3-phonenumbers has them. A prefix that spans
several time zones, or whose carrier has no English name, is kept with the empty text, so that it hides shorter ones.
"""

import json
import sys

from phonenumbers.carrierdata import CARRIER_DATA
from phonenumbers.tzdata import TIMEZONE_DATA


def table(name, values):
    texts = sorted(set(values.values()))
    index = {text: position for position, text in enumerate(texts)}
    yield f"const std::string_view k{name}Texts[] = {{\n"
    yield from (f"    {json.dumps(text, ensure_ascii=False)},\n" for text in texts)
    yield f"}};\nconst Prefix k{name}Prefixes[] = {{\n"
    yield from (f"    {{{prefix}, {index[values[prefix]]}}},\n" for prefix in sorted(values))
    yield f"}};\n"


def main(output):
    zones = {int(prefix): zones[0] if len(zones) == 1 else "" for prefix, zones in TIMEZONE_DATA.items()}
    carriers = {int(prefix): names.get("en", "") for prefix, names in CARRIER_DATA.items()}
    with open(output, "w", encoding="utf-8") as file:
        file.write('#include "phone_numbers/prefixes.h"\n\nnamespace rapport::phone_numbers {\nnamespace {\n\n')
        file.writelines(table("Zone", zones))
        file.writelines(table("Carrier", carriers))
        file.write("\n}  // namespace\n\n")
        file.write("const PrefixTable kTimeZones{kZonePrefixes, kZoneTexts};\n")
        file.write("const PrefixTable kCarriers{kCarrierPrefixes, kCarrierTexts};\n\n")
        file.write("}  // namespace rapport::phone_numbers\n")


if __name__ == "__main__":
    main(sys.argv[1])
