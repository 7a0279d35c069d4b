"""Writes the fixtures of binary formats: invented people, documentation addresses and published test numbers only.

    python3 -m venv .venv && .venv/bin/pip install openpyxl xlwt odfpy msoffcrypto-tool pyarrow "fastavro[codecs]" python-snappy pymongo
    .venv/bin/python scripts/make-fixtures.py

The files are kept in the repository; run it to add one or to change the people, then read what the tests show.
"""

import csv, datetime, decimal, io, json, pathlib, struct, sys, zipfile

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


CUSTOMERS = [("customers", [COLUMNS] + [list(person.values()) for person in PEOPLE])]


def as_xls(sheets=CUSTOMERS):
    import xlwt

    book = xlwt.Workbook()
    date = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    time = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    styles = {datetime.date: [date], datetime.datetime: [time]}
    for title, rows in sheets:
        sheet = book.add_sheet(title)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                sheet.write(row, column, value, *styles.get(type(value), []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_ods(sheets=CUSTOMERS):
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
    for title, rows in sheets:
        table = Table(name=title)
        for values in rows:
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


def as_xlsb(sheets=CUSTOMERS):
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

    def filled(rows):
        sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)) + record(145)
        for at, values in enumerate(rows):
            sheet += record(0, struct.pack("<II", at, 0) + bytes(9))
            for column, value in enumerate(values):
                place = struct.pack("<II", column, 0)
                sheet += record(5, place + struct.pack("<d", value)) if type(value) is int else record(6, place + wide(text(value)))
        return sheet + record(146) + record(130)

    numbered = list(enumerate(sheets, 1))
    listed = b"".join(record(156, struct.pack("<II", 0, n) + wide(f"rId{n}") + wide(title)) for n, (title, _) in numbered)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def relations(*targets):
        each = [f'<Relationship Id="rId{n}" Type="{relation}/{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets, 1)]
        return f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{"".join(each)}</Relationships>'

    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": record(131) + record(143) + listed + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": relations(*[("worksheet", f"worksheets/sheet{n}.bin") for n, _ in numbered]),
        **{f"xl/worksheets/sheet{n}.bin": filled(rows) for n, (_, rows) in numbered},
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


def nested(person):
    """The person with a list, an object, a map and a missing value."""
    n = person["id"]
    return {
        **person,
        "balance": decimal.Decimal(n * 1050).scaleb(-2),
        "nickname": None if n % 3 else person["first_name"][:2],
        "tags": [] if n % 4 == 0 else ["regular", "north"][: n % 3],
        "contacts": [{"kind": "work", "email": f"work{n}@example.org"}],
        "address": {"street": f"{n} Harbour Road", "postcode": f"AB{n} 1CD"},
        "devices": [(f"phone-{n}", f"198.51.100.{n}")],
    }


def arrow_table(rows):
    import pyarrow as pa

    schema = pa.schema(
        [
            ("id", pa.int64()),
            *[(name, pa.string()) for name in ["first_name", "last_name", "email", "phone"]],
            ("birth_date", pa.date32()),
            *[(name, pa.string()) for name in ["iban", "city", "ip_address"]],
            ("created_at", pa.timestamp("ms")),
            ("newsletter", pa.bool_()),
        ]
    )
    if "tags" in rows[0]:
        more = [
            ("balance", pa.decimal128(10, 2)),
            ("nickname", pa.string()),
            ("tags", pa.list_(pa.string())),
            ("contacts", pa.list_(pa.struct([("kind", pa.string()), ("email", pa.string())]))),
            ("address", pa.struct([("street", pa.string()), ("postcode", pa.string())])),
            ("devices", pa.map_(pa.string(), pa.string())),
        ]
        for name, kind in more:
            schema = schema.append(pa.field(name, kind))
    return pa.Table.from_pylist(rows, schema=schema)


def parquet():
    import pyarrow.parquet as pq

    def made(table, **options):
        out = io.BytesIO()
        pq.write_table(table, out, **{"store_schema": False, "compression": "snappy", **options})
        return out.getvalue()

    flat, deep = arrow_table(PEOPLE), arrow_table([nested(person) for person in PEOPLE])
    texts = ["first_name", "last_name", "email", "phone", "iban", "city", "ip_address"]
    write(FORMATS / "customers.parquet", made(flat))
    folder = SOURCES / "parquet"
    write(folder / "customers.parquet", made(deep, row_group_size=5))
    delta = {name: "DELTA_BYTE_ARRAY" if name < "i" else "DELTA_LENGTH_BYTE_ARRAY" for name in texts}
    delta |= {name: "DELTA_BINARY_PACKED" for name in ["id", "birth_date", "created_at"]} | {"newsletter": "RLE"}
    split = {name: "BYTE_STREAM_SPLIT" for name in ["id", "birth_date", "created_at"]}
    variants = {
        "plain": {"use_dictionary": False, "compression": "none"},
        "second-version": {"data_page_version": "2.0", "compression": "zstd"},
        "delta": {"use_dictionary": False, "column_encoding": delta, "data_page_version": "2.0", "compression": "gzip"},
        "streams": {"use_dictionary": False, "column_encoding": split, "compression": "lz4"},
        "int96": {"use_deprecated_int96_timestamps": True, "compression": "brotli"},
    }
    for name, options in variants.items():
        write(ROOT / "fixtures" / "variants" / f"{name}.parquet", made(flat, **options))
    import pyarrow.parquet.encryption as pe

    class Keys(pe.KmsClient):
        def __init__(self, _):
            super().__init__()

        def wrap_key(self, key, _):
            return key

        def unwrap_key(self, key, _):
            return key

    factory = pe.CryptoFactory(Keys)
    for name, plain_footer in [("locked-columns", True), ("locked-footer", False)]:
        settings = pe.EncryptionConfiguration(
            footer_key="f", column_keys={"c": ["email"]}, plaintext_footer=plain_footer, double_wrapping=False
        )
        properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), settings)
        write(ROOT / "fixtures" / "broken" / f"{name}.parquet", made(flat, encryption_properties=properties))


def arrow():
    import pyarrow as pa

    def made(table, stream=False, codec=None, dictionary=None):
        out = io.BytesIO()
        for name in dictionary or []:
            at = table.schema.get_field_index(name)
            table = table.set_column(at, name, table.column(name).dictionary_encode())
        options = pa.ipc.IpcWriteOptions(compression=codec)
        new = pa.ipc.new_stream if stream else pa.ipc.new_file
        with new(out, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=7)
        return out.getvalue()

    flat, deep = arrow_table(PEOPLE), arrow_table([nested(person) for person in PEOPLE])
    write(FORMATS / "customers.arrow", made(flat))
    write(FORMATS / "customers.arrows", made(flat, stream=True))
    write(FORMATS / "customers.feather", made(flat, codec="lz4"))
    write(SOURCES / "arrow" / "customers.arrow", made(deep, codec="zstd", dictionary=["city", "iban"]))
    views = flat.cast(pa.schema([pa.field(f.name, pa.string_view() if f.type == pa.string() else f.type) for f in flat.schema]))
    large = flat.cast(pa.schema([pa.field(f.name, pa.large_string() if f.type == pa.string() else f.type) for f in flat.schema]))
    write(ROOT / "fixtures" / "variants" / "views.arrow", made(views))
    write(ROOT / "fixtures" / "variants" / "large.arrows", made(large, stream=True, codec="lz4", dictionary=["email"]))


def avro():
    import fastavro

    fields = [
        {"name": "id", "type": "long"},
        *[{"name": name, "type": "string"} for name in ["first_name", "last_name", "email", "phone"]],
        {"name": "birth_date", "type": {"type": "int", "logicalType": "date"}},
        *[{"name": name, "type": "string"} for name in ["iban", "city", "ip_address"]],
        {"name": "created_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "newsletter", "type": "boolean"},
    ]
    text = ["null", "string"]
    more = [
        {"name": "balance", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
        {"name": "nickname", "type": text},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "contacts", "type": {"type": "array", "items": {"type": "record", "name": "Contact", "doc": "How to reach the person", "fields": [
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["home", "work"]}}, {"name": "email", "type": "string"}]}}},
        {"name": "address", "type": {"type": "record", "name": "Address", "fields": [{"name": "street", "type": "string"}, {"name": "postcode", "type": text}]}},
        {"name": "devices", "type": {"type": "map", "values": "string"}},
    ]
    flat = {"type": "record", "name": "Customer", "namespace": "com.example", "doc": "A customer of the shop", "fields": fields}
    deep = {**flat, "fields": fields + more}

    def made(schema, rows, codec):
        out = io.BytesIO()
        fastavro.writer(out, fastavro.parse_schema(schema), rows, codec=codec, sync_marker=b"sixteen bytes ok", sync_interval=300)
        return out.getvalue()

    rows = [{**nested(person), "devices": dict(nested(person)["devices"])} for person in PEOPLE]
    aware = [{**row, "created_at": row["created_at"].replace(tzinfo=datetime.timezone.utc)} for row in rows]
    write(FORMATS / "customers.avro", made(flat, aware, "null"))
    write(SOURCES / "avro" / "customers.avro", made(deep, aware, "deflate"))
    for codec in ["snappy", "zstandard", "bzip2", "xz"]:
        write(ROOT / "fixtures" / "variants" / f"{codec}.avro", made(flat, aware, codec))


def bson():
    import bson as b

    def made(rows):
        out = b""
        for row in rows:
            row = {k: datetime.datetime.combine(v, datetime.time()) if type(v) is datetime.date else v for k, v in row.items()}
            row = {k: str(v) if isinstance(v, decimal.Decimal) else v for k, v in row.items()}
            row = {k: dict(v) if k == "devices" else v for k, v in row.items()}
            out += b.encode({"_id": b.ObjectId(f"{row['id']:024x}"), **row})
        return out

    write(FORMATS / "customers.bson", made(PEOPLE))
    write(SOURCES / "bson" / "customers.bson", made([nested(person) for person in PEOPLE]))


def texts():
    from xml.sax.saxutils import escape, quoteattr

    def element(name, value):
        if isinstance(value, dict):
            return f"<{name}>{''.join(element(k, v) for k, v in value.items())}</{name}>"
        if isinstance(value, list):
            return "".join(element(name, item) for item in value)
        return f"<{name}/>" if value is None else f"<{name}>{escape(text(value))}</{name}>"

    def xml(rows):
        rows = [{k: dict(v) if k == "devices" else v for k, v in row.items()} for row in rows]
        inside = [f"  <customer id={quoteattr(str(row.pop('id')))}>{''.join(element(k, v) for k, v in row.items())}</customer>" for row in rows]
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<export>", *inside, "</export>", ""])

    def scalar(value):
        return text(value) if isinstance(value, (int, datetime.date)) else json.dumps(value)

    yaml = "".join("- " + "\n  ".join(f"{k}: {scalar(v)}" for k, v in person.items()) + "\n" for person in PEOPLE)
    toml = "".join("[[customers]]\n" + "".join(f"{k} = {scalar(v)}\n" for k, v in person.items()) + "\n" for person in PEOPLE)
    labelled = "".join(f"{p['first_name'].lower()}:\n" + "".join(f"  {k}: {scalar(v)}\n" for k, v in p.items()) for p in PEOPLE[:4])
    write(FORMATS / "customers.xml", xml([dict(person) for person in PEOPLE]))
    write(FORMATS / "customers.yaml", yaml)
    write(FORMATS / "customers.toml", toml)
    write(SOURCES / "xml" / "customers.xml", xml([nested(person) for person in PEOPLE]))
    write(SOURCES / "yaml" / "customers.yml", labelled)
    write(SOURCES / "toml" / "customers.toml", toml)


def canaries():
    """Values that must never leave, as values, names of columns, keys of maps and names of sheets: those of tests/canaries.rs."""
    import pyarrow as pa, pyarrow.parquet as pq, fastavro, bson as b, openpyxl

    values = {
        "name": "Zephyrine Quillfeather", "email": "kestrel.canary77@example.org", "phone": "+1 202 555 0143",
        "card": "4111 1111 1111 1111", "iban": "GB82 WEST 1234 5698 7654 32", "ip": "203.0.113.77",
        "ssn": "078-05-1120", "password": "Tr0ub4dor-canary-horse",
    }
    row = {**values, "by_mail": [(values["email"], values["ssn"])], values["email"]: values["card"], values["iban"]: "x"}
    folder = ROOT / "fixtures" / "canaries"
    kinds = [(k, pa.map_(pa.string(), pa.string()) if k == "by_mail" else pa.string()) for k in row]
    table = pa.Table.from_pylist([row] * 20, schema=pa.schema(kinds))
    out = io.BytesIO()
    pq.write_table(table, out)
    write(folder / "canary.parquet", out.getvalue())
    for name, new in [("canary.arrow", pa.ipc.new_file), ("canary.arrows", pa.ipc.new_stream)]:
        out = io.BytesIO()
        with new(out, table.schema) as writer:
            writer.write_table(table)
        write(folder / name, out.getvalue())
    write(folder / "canary.bson", b.encode({**row, "by_mail": dict(row["by_mail"])}) * 20)
    fields = [{"name": k, "type": "string"} for k in values] + [{"name": "by_mail", "type": {"type": "map", "values": "string"}}]
    schema = {"type": "record", "name": "Canary", "doc": f"asked for by {values['email']}", "fields": fields}
    out = io.BytesIO()
    fastavro.writer(out, fastavro.parse_schema(schema), [{**values, "by_mail": dict(row["by_mail"])}] * 20, sync_marker=b"sixteen bytes ok")
    write(folder / "canary.avro", out.getvalue())
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets = canary_sheets(values)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for each in rows:
            sheet.append(each)
    out = io.BytesIO()
    book.save(out)
    write(folder / "canary.xlsx", still(out.getvalue()))
    for ending, made in [("xls", as_xls), ("xlsb", as_xlsb), ("ods", as_ods)]:
        write(folder / f"canary.{ending}", made(sheets))


def canary_sheets(values):
    """One with a title above its names of columns, one without names; the names of both are values."""
    rows = [list(values.values())] * 20
    titled = [[f"List of {values['name']}, {values['phone']}"], list(values) + [values["email"], values["iban"]], *rows]
    return [(values["email"], titled), (values["ssn"], rows)]


def bench():
    """Large files for benches, not kept: three million rows, two columns of few values, two of texts that differ, two of numbers."""
    import random
    import pyarrow as pa, pyarrow.parquet as pq, pyarrow.feather as pf

    random.seed(1)
    ids = [random.randrange(1 << 40) for _ in range(3_000_000)]
    table = pa.table(
        {
            "city": [f"City {i % 400}" for i in ids],
            "country": [f"Country {i % 30}" for i in ids],
            "email": [f"user{i}@example.com" for i in ids],
            "phone": [f"+1 555 {i % 997:03} {i % 9973:04}" for i in ids],
            "id": pa.array(ids, pa.int64()),
            "amount": pa.array([i % 10_000 for i in ids], pa.int64()),
        }
    )
    folder = ROOT / "target" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, folder / "people.parquet", row_group_size=250_000)
    pq.write_table(table.select(["city", "country"]), folder / "words.parquet", row_group_size=250_000)
    pf.write_feather(table, folder / "people.feather", compression="lz4")


def main():
    write(FORMATS / "customers.csv", as_csv())
    families = {"spreadsheets": spreadsheets, "parquet": parquet, "arrow": arrow, "avro": avro, "bson": bson, "texts": texts, "canaries": canaries}
    for name in sys.argv[1:] or families:
        {**families, "bench": bench}[name]()


main()
