"""Writes the fixtures of binary formats: invented people, documentation addresses and published test numbers only.

    python3 -m venv .venv && .venv/bin/pip install openpyxl xlwt odfpy msoffcrypto-tool pyarrow fastavro pymongo
    .venv/bin/python scripts/make-fixtures.py

The files are kept in the repository; run it to add one or to change the people, then read what the tests show.
"""

import csv, datetime, io, json, pathlib, struct, sys, zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "fixtures" / "sources"
FORMATS = ROOT / "fixtures" / "formats"

FIRST = "Ana Ben Clara David Elin Farid Greta Hugo Ines Jonas Karin Lukas".split()
LAST = "Lind Okafor Novak Marsh Quill Haddad Brandt Silva Moreau Keller Strand Weber".split()
CITIES = "Oslo Lund Praha Bristol Gent Lyon Bonn Porto Nantes Basel Bergen Graz".split()
IBANS = ["GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606"]


def people():
    for i, (first, last, city) in enumerate(zip(FIRST, LAST, CITIES)):
        yield {
            "id": i + 1,
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@example.com".lower(),
            "phone": f"+1 202 555 01{i + 10}",
            "birth_date": datetime.date(1960 + i * 3, i % 12 + 1, i * 2 + 1),
            "iban": IBANS[i % 3],
            "city": city,
            "ip_address": f"192.0.2.{i + 1}",
            "created_at": datetime.datetime(2024, i % 12 + 1, 3, 10, 30, i),
            "newsletter": i % 2 == 0,
        }


PEOPLE = list(people())
COLUMNS = list(PEOPLE[0])


def text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def as_csv():
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows([[text(v) for v in person.values()] for person in PEOPLE])
    return out.getvalue()


def as_xlsx(extras):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "customers"
    if extras:
        sheet.append(["Customers, exported for the auditors"])
        sheet.merge_cells("A1:F1")
        sheet.append([])
    sheet.append(COLUMNS)
    for person in PEOPLE:
        sheet.append(list(person.values()))
    if extras:
        plain = book.create_sheet("no header")
        for person in PEOPLE:
            plain.append([person["first_name"], person["email"], person["phone"]])
        hidden = book.create_sheet("old leads")
        hidden.sheet_state = "hidden"
        hidden["C4"], hidden["D4"] = "email", "note"
        hidden["C5"], hidden["D5"] = "greta.brandt@example.org", "=1/0"
        book.create_sheet("nothing")
    out = io.BytesIO()
    book.save(out)
    return still(out.getvalue())


def still(package):
    """The same package without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, (2024, 1, 1, 0, 0, 0))
            info.compress_type = entry.compress_type
            new.writestr(info, old.read(entry))
    return out.getvalue()


def as_xls():
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("customers")
    date = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    time = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    for column, name in enumerate(COLUMNS):
        sheet.write(0, column, name)
    for row, person in enumerate(PEOPLE):
        for column, value in enumerate(person.values()):
            styles = {datetime.date: [date], datetime.datetime: [time]}
            sheet.write(row + 1, column, value, *styles.get(type(value), []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods():
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    def cell(value):
        if isinstance(value, bool):
            kind = {"valuetype": "boolean", "booleanvalue": text(value)}
        elif isinstance(value, datetime.date):
            kind = {"valuetype": "date", "datevalue": text(value)}
        elif isinstance(value, int):
            kind = {"valuetype": "float", "value": value}
        else:
            kind = {"valuetype": "string"}
        made = TableCell(**kind)
        made.addElement(P(text=text(value)))
        return made

    document = OpenDocumentSpreadsheet()
    table = Table(name="customers")
    for values in [COLUMNS] + [list(person.values()) for person in PEOPLE]:
        row = TableRow()
        for value in values:
            row.addElement(cell(value))
        table.addElement(row)
    empty = TableRow(numberrowsrepeated=1048000)
    empty.addElement(TableCell(numbercolumnsrepeated=16000))
    table.addElement(empty)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.save(out)
    return still(out.getvalue())


def as_xlsb():
    def record(kind, data=b""):
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size = len(data)
        length = b""
        while True:
            length += bytes([size & 127 | (128 if size > 127 else 0)])
            size >>= 7
            if not size:
                return head + length + data

    def wide(value):
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    sheet = record(129) + record(148, struct.pack("<4I", 0, len(PEOPLE), 0, len(COLUMNS) - 1)) + record(145)
    for at, values in enumerate([COLUMNS] + [list(person.values()) for person in PEOPLE]):
        sheet += record(0, struct.pack("<II", at, 0) + bytes(9))
        for column, value in enumerate(values):
            place = struct.pack("<II", column, 0)
            sheet += record(5, place + struct.pack("<d", value)) if type(value) is int else record(6, place + wide(text(value)))
    sheet += record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("customers")) + record(144) + record(132)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{}" Target="{}"/></Relationships>'
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        "_rels/.rels": relations.format(relation + "/officeDocument", "xl/workbook.bin"),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relations.format(relation + "/worksheet", "worksheets/sheet1.bin"),
        "xl/worksheets/sheet1.bin": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data)
    return still(out.getvalue())


def spreadsheets():
    import msoffcrypto.format.ooxml

    folder = SOURCES / "spreadsheet"
    write(folder / "customers.xlsx", as_xlsx(extras=True))
    write(folder / "customers.xls", as_xls())
    write(folder / "customers.xlsb", as_xlsb())
    write(folder / "customers.ods", as_ods())
    locked = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(as_xlsx(extras=False))).encrypt("correct horse", locked)
    write(ROOT / "fixtures" / "broken" / "locked.xlsx", locked.getvalue())
    for ending, data in [("xlsx", as_xlsx(extras=False)), ("xls", as_xls()), ("xlsb", as_xlsb()), ("ods", as_ods())]:
        write(FORMATS / f"customers.{ending}", data)


def main():
    write(FORMATS / "customers.csv", as_csv())
    families = {"spreadsheets": spreadsheets}
    for name in sys.argv[1:] or families:
        families[name]()


main()
