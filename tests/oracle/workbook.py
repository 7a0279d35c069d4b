"""Checks a workbook as a package (ISO/IEC 29500, parts 1 and 2): workbook.py FILE. Prints where it is wrong.

The published schemas are not at hand; what a spreadsheet program repairs is checked by rule: every part has a content type,
every relation a target, elements of a sheet stand in the order of CT_Worksheet, indexes are in range, ranges do not overlap.
"""
import posixpath, re, sys, zipfile
import xml.etree.ElementTree as ET

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
DOC = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
ORDER = """sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios
autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks
printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing
legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst""".split()
wrong = []
book = zipfile.ZipFile(sys.argv[1])
if book.testzip() is not None:
    wrong.append("a part is damaged")
names = book.namelist()
if len(set(names)) != len(names):
    wrong.append("a part is there twice")
parts = {name: ET.fromstring(book.read(name)) for name in names}
types = parts["[Content_Types].xml"]
defaults = {e.get("Extension").lower() for e in types.findall(TYPES + "Default")}
overrides = {e.get("PartName") for e in types.findall(TYPES + "Override")}
for name in names:
    if name != "[Content_Types].xml" and "/" + name not in overrides and name.rsplit(".", 1)[-1].lower() not in defaults:
        wrong.append(f"{name}: no content type")
wrong.extend(f"{name}: a content type without a part" for name in overrides if name[1:] not in names)
for name in names:
    if not name.endswith(".rels"):
        continue
    folder = posixpath.dirname(posixpath.dirname(name))
    ids = [r.get("Id") for r in parts[name].findall(REL + "Relationship")]
    if len(set(ids)) != len(ids):
        wrong.append(f"{name}: an id twice")
    for r in parts[name].findall(REL + "Relationship"):
        target = r.get("Target")
        target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if r.get("TargetMode") != "External" and target not in names:
            wrong.append(f"{name}: {target} is not there")


def cell(ref):
    letters, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", ref).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row), column


def area(ref):
    first, _, last = ref.partition(":")
    return (*cell(first), *cell(last or first))


def overlap(a, b):
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


styles = parts["xl/styles.xml"]
formats = len(styles.find(MAIN + "cellXfs"))
for group, wanted in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
    count = len(styles.find(MAIN + wanted))
    if any(int(xf.get(group, 0)) >= count for xf in styles.find(MAIN + "cellXfs")):
        wrong.append(f"styles: {group} out of range")
shared = parts.get("xl/sharedStrings.xml")
strings = len(shared) if shared is not None else 0
workbook = parts["xl/workbook.xml"]
sheets = workbook.find(MAIN + "sheets")
titles = [s.get("name") for s in sheets]
if len({t.lower() for t in titles}) != len(titles):
    wrong.append("two sheets have one name")
for title in titles:
    if not 1 <= len(title.encode("utf-16-le")) // 2 <= 31 or re.search(r"[\[\]:*?/\\]", title) or title.strip("'") != title:
        wrong.append("a sheet's name is none")
if all(s.get("state") for s in sheets):
    wrong.append("no sheet is visible")
for name in sorted(n for n in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)):
    sheet = parts[name]
    children = [c.tag.removeprefix(MAIN) for c in sheet]
    if children != sorted(children, key=ORDER.index):
        wrong.append(f"{name}: elements out of order")
    row_before = 0
    for row in sheet.find(MAIN + "sheetData"):
        if int(row.get("r")) <= row_before:
            wrong.append(f"{name}: rows out of order")
        row_before = int(row.get("r"))
        column_before = 0
        for c in row:
            r, column = cell(c.get("r"))
            if r != row_before or column <= column_before:
                wrong.append(f"{name}: cells out of order")
            column_before = column
            if int(c.get("s", 0)) >= formats:
                wrong.append(f"{name}: a style out of range")
            if c.find(MAIN + "f") is not None:
                wrong.append(f"{name}: a formula")
            value = c.find(MAIN + "v")
            if c.get("t") == "s" and int(value.text) >= strings:
                wrong.append(f"{name}: a string out of range")
        if float(row.get("ht", 0)) > 409.5:
            wrong.append(f"{name}: a row too high")
    merged = [area(m.get("ref")) for m in sheet.iter(MAIN + "mergeCell")]
    if any(overlap(a, b) for i, a in enumerate(merged) for b in merged[:i]):
        wrong.append(f"{name}: merged cells overlap")
    ranges = [(v, area(ref)) for v in sheet.iter(MAIN + "dataValidation") for ref in v.get("sqref").split()]
    if any(overlap(a, b) for i, (_, a) in enumerate(ranges) for _, b in ranges[:i]):
        wrong.append(f"{name}: drop-downs overlap")
    for validation, _ in ranges:
        formula = validation.findtext(MAIN + "formula1", "")
        if not re.fullmatch(r"Lists!\$[A-Z]+\$2:\$[A-Z]+\$\d+", formula):
            wrong.append(f"{name}: a drop-down without a list")
    for c in sheet.iter(MAIN + "col"):
        if float(c.get("width", 9)) > 255:
            wrong.append(f"{name}: a column too wide")
    for element in sheet.iter():
        if element.get(DOC + "id") and f"xl/worksheets/_rels/{posixpath.basename(name)}.rels" not in names:
            wrong.append(f"{name}: a relation that is not there")
print("\n".join(sorted(set(wrong))))
sys.exit(1 if wrong else 0)
