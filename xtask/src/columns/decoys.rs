//! Columns that look like personal data and hold none: numbers with wrong check digits, versions, times, codes, prices.

use super::people;
use super::random::Random;

/// A kind of column without personal data.
pub struct Decoy {
    pub id: &'static str,
    /// English headers; the first half is for development.
    pub headers: &'static [&'static str],
    /// Headers in `personal::LANGUAGES`; English ones where the list is empty.
    pub foreign: &'static [&'static str],
    /// A value; the number stays the same within a column.
    pub make: fn(&mut Random, u64, usize) -> String,
}

/// The same digits with a check digit that does not hold.
fn broken(number: String) -> String {
    let last = number
        .bytes()
        .last()
        .map_or(0, |b| b.wrapping_sub(b'0') % 10);
    format!(
        "{}{}",
        &number[..number.len() - 1],
        (last + 1 + last % 3) % 10
    )
}

fn ean(random: &mut Random) -> String {
    let body = format!("40{}", random.digits(10));
    let sum: u64 = body
        .bytes()
        .enumerate()
        .map(|(i, b)| u64::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

fn day(r: &mut Random, from: u64, to: u64) -> String {
    format!(
        "{}-{:02}-{:02}",
        r.from(from, to),
        r.from(1, 12),
        r.from(1, 28)
    )
}

/// All kinds.
#[rustfmt::skip]
pub const DECOYS: &[Decoy] = &[
    Decoy { id: "order_number", headers: &["order_number", "order_no", "po_number", "OrderRef"], foreign: &["Bestellnummer", "numero_commande", "numero_pedido", "numero_ordine", "numero_pedido", "bestelnummer", "numer_zamowienia", "ordernummer", "chumon_bangou"], make: |r, s, i| if s.is_multiple_of(2) { format!("{}", 4_929_001_000 + i as u64 * 3 + r.below(3)) } else { format!("ORD-2024-{:06}", i * 7) } },
    Decoy { id: "order_long", headers: &["transaction_ref", "batch_no", "shipment_no", "reference"], foreign: &[], make: |r, _, _| broken(people::card(r)) },
    Decoy { id: "iban_like", headers: &["product_code", "part_code", "material_no", "article_code"], foreign: &["Artikelnummer", "code_article", "codigo_articulo", "codice_articolo", "codigo_produto", "artikelcode", "kod_produktu", "artikelnummer", "shohin_kodo"], make: |r, _, _| broken(people::iban(r, "de")) },
    Decoy { id: "sku", headers: &["sku", "item_code", "SKU", "variant_code"], foreign: &[], make: |r, _, _| format!("{}-{}-{}", r.capitals(3), r.digits(4), r.pick(&["S", "M", "L", "XL", "RED", "BLU"])) },
    Decoy { id: "version", headers: &["version", "release_version", "build", "firmware"], foreign: &["Version", "version_logiciel", "version_firmware", "versione", "versao", "versie", "wersja", "programversion", "baajon"], make: |r, s, _| match s % 3 { 0 => format!("{}.{}.{}", r.below(9), r.below(30), r.below(20)), 1 => format!("4.{}.{}.{}", r.below(30), r.below(9), r.below(40)), _ => format!("124.0.{}.{}", r.from(6000, 6999), r.below(200)) } },
    Decoy { id: "epoch", headers: &["created_ts", "event_time", "ts", "epoch"], foreign: &[], make: |r, s, _| if s.is_multiple_of(2) { r.from(1_600_000_000, 1_740_000_000).to_string() } else { r.from(1_600_000_000_000, 1_740_000_000_000).to_string() } },
    Decoy { id: "uuid", headers: &["request_id", "trace_id", "job_uuid", "batch_uuid"], foreign: &[], make: |r, _, _| format!("{}-{}-4{}-a{}-{}", r.hex(8), r.hex(4), r.hex(3), r.hex(3), r.hex(12)) },
    Decoy { id: "sha", headers: &["commit", "git_sha", "revision", "checksum"], foreign: &[], make: |r, s, _| r.hex(if s.is_multiple_of(2) { 40 } else { 64 }) },
    Decoy { id: "md5", headers: &["file_md5", "etag", "digest", "content_hash"], foreign: &[], make: |r, _, _| r.hex(32) },
    Decoy { id: "price", headers: &["unit_price", "list_price", "price", "net_price"], foreign: &["Einzelpreis", "prix_unitaire", "precio_unitario", "prezzo", "preco_unitario", "prijs", "cena", "styckpris", "tanka"], make: |r, s, _| match s % 3 { 0 => format!("{}.{:02}", r.from(1, 900), r.below(100)), 1 => format!("€{},{:02}", r.from(1, 900), r.below(100)), _ => format!("{},{:03}.00", r.from(1, 9), r.below(1000)) } },
    Decoy { id: "percent", headers: &["vat_rate", "discount_pct", "margin", "completion"], foreign: &[], make: |r, _, _| format!("{}.{}%", r.below(100), r.below(10)) },
    Decoy { id: "quantity", headers: &["quantity", "qty", "stock", "units_on_hand"], foreign: &["Menge", "quantite", "cantidad", "quantita", "quantidade", "aantal", "ilosc", "antal", "suryo"], make: |r, _, _| r.below(500).to_string() },
    Decoy { id: "status", headers: &["order_status", "state_code", "ticket_status", "stage"], foreign: &["Status", "statut", "estado_pedido", "stato_ordine", "status_pedido", "orderstatus", "status_zamowienia", "orderstatus", "jotai"], make: |r, _, _| r.pick(&["open", "pending", "shipped", "cancelled", "closed", "on_hold"]).to_owned() },
    Decoy { id: "http", headers: &["http_status", "response_code", "exit_code", "error_code"], foreign: &[], make: |r, _, _| r.pick(&["200", "301", "404", "500", "503", "204"]).to_owned() },
    Decoy { id: "currency", headers: &["currency", "ccy", "currency_code", "iso_currency"], foreign: &["Währung", "devise", "moneda", "valuta", "moeda", "munteenheid", "waluta", "valuta", "tsuka"], make: |r, _, _| r.pick(&["EUR", "USD", "GBP", "SEK", "PLN", "BRL", "JPY"]).to_owned() },
    Decoy { id: "machine_position", headers: &["x_pos", "y_pos", "axis_x", "spindle_z"], foreign: &[], make: |r, _, _| format!("{}{}.{}", r.pick(&["", "-"]), r.below(1800), r.digits(3)) },
    Decoy { id: "temperature", headers: &["temperature", "temp_c", "sensor_value", "reading"], foreign: &[], make: |r, _, _| format!("{}.{}", r.from(12, 89), r.digits(2)) },
    Decoy { id: "bin", headers: &["warehouse_bin", "shelf", "rack_location", "bin_location"], foreign: &[], make: |r, _, _| format!("{}{}-{}{}", r.capitals(1), r.from(1, 40), r.pick(&["0", "1"]), r.from(1, 9)) },
    Decoy { id: "ean", headers: &["ean", "barcode", "gtin", "ean13"], foreign: &[], make: |r, _, _| ean(r) },
    Decoy { id: "isbn", headers: &["isbn", "isbn13", "book_isbn", "isbn_no"], foreign: &[], make: |r, _, _| format!("978-{}-{}-{}-{}", r.below(9), r.digits(4), r.digits(4), r.below(10)) },
    Decoy { id: "tracking", headers: &["tracking_no", "parcel_no", "waybill", "consignment"], foreign: &["Sendungsnummer", "numero_colis", "numero_envio", "numero_spedizione", "codigo_rastreio", "trackingnummer", "numer_przesylki", "kollinummer", "okurijo_bangou"], make: |r, s, _| if s.is_multiple_of(2) { format!("1Z{}{}", r.of("ABCDEFGHJKLMNPRSTVWXYZ0123456789", 8), r.digits(8)) } else { format!("00340{}", r.digits(15)) } },
    Decoy { id: "created", headers: &["created_at", "updated_at", "inserted_on", "modified"], foreign: &["erstellt_am", "date_creation", "fecha_creacion", "data_creazione", "data_criacao", "aangemaakt_op", "data_utworzenia", "skapad", "sakusei_nichiji"], make: |r, _, _| format!("{} {:02}:{:02}:{:02}", day(r, 2021, 2025), r.below(24), r.below(60), r.below(60)) },
    Decoy { id: "due", headers: &["due_date", "ship_date", "delivery_date", "valid_until"], foreign: &["Lieferdatum", "date_livraison", "fecha_entrega", "data_consegna", "data_entrega", "leverdatum", "data_dostawy", "leveransdatum", "nouki"], make: |r, _, _| day(r, 2023, 2026) },
    Decoy { id: "built", headers: &["construction_year_date", "commissioned_on", "release_date", "published_on"], foreign: &[], make: |r, _, _| day(r, 1998, 2025) },
    Decoy { id: "flag", headers: &["is_active", "in_stock", "taxable", "archived"], foreign: &[], make: |r, s, _| if s.is_multiple_of(2) { r.pick(&["true", "false"]).to_owned() } else { r.pick(&["0", "1"]).to_owned() } },
    Decoy { id: "weight", headers: &["package_weight", "net_weight_kg", "gross_weight", "load_kg"], foreign: &["Gewicht_kg", "poids_colis", "peso_paquete", "peso_pacco", "peso_pacote", "pakketgewicht", "waga_paczki", "paketvikt", "juryo"], make: |r, _, _| format!("{}.{}", r.below(40), r.digits(2)) },
    Decoy { id: "path", headers: &["file_path", "image_file", "asset", "document_path"], foreign: &[], make: |r, s, _| match s % 2 { 0 => format!("/var/data/{}/part-{}.parquet", r.hex(4), r.digits(5)), _ => format!("img/{}@2x.png", r.pick(&["logo", "icon", "banner", "hero"])) } },
    Decoy { id: "package", headers: &["package", "dependency", "module", "library"], foreign: &[], make: |r, _, _| format!("{}@{}.{}.{}", r.pick(&["lodash", "react", "express", "left-pad", "chalk", "vue"]), r.below(20), r.below(20), r.below(9)) },
    Decoy { id: "host", headers: &["server", "hostname", "node", "instance"], foreign: &[], make: |r, _, _| format!("{}-{}{:02}", r.pick(&["web", "db", "cache", "mq"]), r.pick(&["eu", "us"]), r.below(40)) },
    Decoy { id: "mime", headers: &["content_type", "mime_type", "format", "media_type"], foreign: &[], make: |r, _, _| r.pick(&["image/png", "application/pdf", "text/csv", "application/json"]).to_owned() },
    Decoy { id: "product", headers: &["product_name", "item_name", "article", "item_title"], foreign: &["Artikelbezeichnung", "nom_produit", "nombre_producto", "nome_prodotto", "nome_produto", "productnaam", "nazwa_produktu", "produktnamn", "shohin_mei"], make: |r, _, _| format!("{} {}", r.pick(&["Walnut", "Steel", "Cotton", "Ceramic", "Solar", "Leather", "Bamboo"]), r.pick(&["Desk Lamp", "Coffee Mug", "Office Chair", "Rain Jacket", "Notebook", "Water Bottle"])) },
    Decoy { id: "category", headers: &["category", "department_code", "product_group", "segment_name"], foreign: &["Warengruppe", "categorie_produit", "categoria_producto", "categoria_prodotto", "categoria_produto", "productgroep", "kategoria_produktu", "produktgrupp", "bunrui"], make: |r, _, _| r.pick(&["Furniture", "Toys", "Electronics", "Garden", "Sports", "Books", "Grocery"]).to_owned() },
    Decoy { id: "colour", headers: &["color", "colour", "finish", "paint"], foreign: &["Farbe", "couleur", "color_articulo", "colore", "cor", "kleur", "kolor", "färg", "iro"], make: |r, _, _| r.pick(&["black", "white", "olive", "navy", "ruby", "amber", "rose", "violet"]).to_owned() },
    Decoy { id: "description", headers: &["product_description", "spec", "item_description", "long_text"], foreign: &[], make: |r, _, _| format!("{} with {} finish, suitable for indoor and outdoor use, delivered in {} parts", r.pick(&["Sturdy table", "Folding chair", "Garden bench", "Wall shelf"]), r.pick(&["matt", "oiled", "brushed"]), r.from(2, 9)) },
    Decoy { id: "part_phone_like", headers: &["part_number", "spare_part_no", "component_no", "drawing_no"], foreign: &["Teilenummer", "numero_piece", "numero_pieza", "numero_parte", "numero_peca", "onderdeelnummer", "numer_czesci", "delnummer", "buhin_bangou"], make: |r, s, _| match s % 3 { 0 => format!("{}-{}-{}", r.digits(3), r.digits(3), r.digits(4)), 1 => format!("{}.{}.{}", r.digits(3), r.digits(2), r.digits(3)), _ => format!("0{}-{}-{}", r.digits(2), r.digits(4), r.digits(2)) } },
    Decoy { id: "imei_like", headers: &["serial_lot", "lot_number", "charge_no", "batch_serial"], foreign: &[], make: |r, _, _| { let body = format!("35{}", r.digits(12)); let digit = people::luhn(&body); broken(format!("{body}{digit}")) } },
    Decoy { id: "ssn_like", headers: &["case_number", "ticket_no", "docket", "incident_no"], foreign: &[], make: |r, s, _| if s.is_multiple_of(2) { format!("{}-{}-{}", r.digits(3), r.digits(3), r.digits(3)) } else { format!("INC{}", r.digits(7)) } },
    Decoy { id: "id", headers: &["row_id", "line_no", "product_id", "seq"], foreign: &[], make: |_, _, i| (1000 + i).to_string() },
    Decoy { id: "digits11", headers: &["meter_no", "asset_number", "contract_item", "ledger_no"], foreign: &[], make: |r, s, _| r.digits([9, 10, 11, 12][(s % 4) as usize]) },
    Decoy { id: "duration", headers: &["duration_ms", "latency", "elapsed", "runtime_s"], foreign: &[], make: |r, _, _| format!("{}.{}", r.below(4000), r.digits(3)) },
    Decoy { id: "log_level", headers: &["log_level", "error_level", "priority", "level"], foreign: &[], make: |r, _, _| r.pick(&["INFO", "WARN", "ERROR", "DEBUG"]).to_owned() },
    Decoy { id: "ticker", headers: &["ticker", "symbol", "instrument", "isin_symbol"], foreign: &[], make: |r, _, _| r.pick(&["AAPL", "MSFT", "SAP", "BMW", "NESN", "SHEL", "AIR", "ASML"]).to_owned() },
    Decoy { id: "isin", headers: &["isin", "security_id", "fund_isin", "isin_code"], foreign: &[], make: |r, _, _| format!("{}{}{}", r.pick(&["US", "DE", "FR", "LU"]), r.of("0123456789ABCDEFGHJKLMNP", 9), r.below(10)) },
    Decoy { id: "unit", headers: &["unit", "uom", "measure", "unit_of_measure"], foreign: &["Einheit", "unite", "unidad", "unita_di_misura", "unidade", "eenheid", "jednostka", "enhet", "tani"], make: |r, _, _| r.pick(&["kg", "pcs", "l", "m", "box", "pallet"]).to_owned() },
    Decoy { id: "year", headers: &["model_year", "fiscal_year", "vintage", "season"], foreign: &[], make: |r, _, _| r.from(1995, 2025).to_string() },
    Decoy { id: "rating", headers: &["avg_rating", "score", "stars", "grade_point"], foreign: &[], make: |r, _, _| format!("{}.{}", r.from(1, 4), r.below(10)) },
    Decoy { id: "size", headers: &["dimensions", "size_cm", "box_size", "format_mm"], foreign: &[], make: |r, _, _| format!("{}x{}x{}", r.from(10, 90), r.from(10, 90), r.from(5, 60)) },
    Decoy { id: "gate", headers: &["gate", "room_no", "seat_row", "platform"], foreign: &[], make: |r, _, _| format!("{}{}", r.capitals(1), r.from(1, 60)) },
    Decoy { id: "formula", headers: &["material", "alloy", "compound", "steel_grade"], foreign: &[], make: |r, _, _| r.pick(&["EN-1.4301", "S235JR", "AlMg3", "C45E", "PA66-GF30", "X5CrNi18-10"]).to_owned() },
    Decoy { id: "time", headers: &["departure_time", "start_time", "slot", "opening_time"], foreign: &[], make: |r, _, _| format!("{:02}:{:02}", r.below(24), r.below(12) * 5) },
    Decoy { id: "cron", headers: &["schedule", "cron", "interval", "recurrence"], foreign: &[], make: |r, _, _| format!("{} {} * * {}", r.below(60), r.below(24), r.below(7)) },
    Decoy { id: "endpoint", headers: &["endpoint", "api_path", "route", "resource"], foreign: &[], make: |r, _, _| format!("/api/v{}/{}", r.from(1, 3), r.pick(&["orders", "items", "stock", "health"])) },
    Decoy { id: "opening_balance", headers: &["gl_amount", "debit", "book_value", "cost_total"], foreign: &["Betrag_netto", "montant_ht", "importe_neto", "importo_netto", "valor_liquido", "nettobedrag", "kwota_netto", "nettobelopp", "kingaku"], make: |r, _, _| format!("{}{}.{:02}", r.pick(&["", "", "-"]), r.from(10, 90_000), r.below(100)) },
    Decoy { id: "network", headers: &["subnet", "cidr", "network", "ip_range"], foreign: &[], make: |r, _, _| format!("10.{}.{}.0/24", r.below(255), r.below(255)) },
    Decoy { id: "machine_serial", headers: &["machine_serial", "pump_serial", "equipment_no", "turbine_id"], foreign: &["Maschinennummer", "numero_machine", "numero_maquina", "matricola_macchina", "numero_maquina", "machinenummer", "numer_maszyny", "maskinnummer", "kikai_bangou"], make: |r, _, _| format!("{}{}/{}", r.capitals(2), r.digits(5), r.digits(2)) },
];
