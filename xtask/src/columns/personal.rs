//! Columns that hold personal data: what they are called in ten languages and what stands in them.

use super::people::{self, Person, World, plain};
use super::random::Random;

/// Languages of headers beside English, with the country whose people stand below them.
pub const LANGUAGES: [(&str, &str); 9] = [
    ("de", "de"),
    ("fr", "fr"),
    ("es", "es"),
    ("it", "it"),
    ("pt", "br"),
    ("nl", "nl"),
    ("pl", "pl"),
    ("sv", "se"),
    ("ja", "jp"),
];

/// A kind of column.
pub struct Kind {
    pub id: &'static str,
    /// Its data type, then types that are right as well.
    pub labels: &'static [&'static str],
    /// English headers; the first half is for development, the second for the corpora kept back.
    pub headers: &'static [&'static str],
    /// Headers in `LANGUAGES`; none where the list is empty.
    pub foreign: &'static [&'static str],
    /// Its values tell what it is without a header.
    pub tells: bool,
    /// A value.
    pub make: fn(&mut Row<'_>) -> String,
}

/// What a value is made from.
pub struct Row<'a> {
    pub world: &'a World,
    pub random: &'a mut Random,
    pub country: &'a str,
    pub person: &'a Person,
    /// The same within a column.
    pub style: u64,
}

impl Row<'_> {
    fn word(&mut self, list: fn(&people::Words) -> &Vec<String>) -> String {
        let words = list(self.world.of(self.country));
        words[self.random.below(words.len() as u64) as usize].clone()
    }

    fn date(&mut self, year: u64, month: u64, day: u64) -> String {
        match (self.style % 4, self.country) {
            (0, _) | (1, "se") => format!("{year}-{month:02}-{day:02}"),
            (1, "us") => format!("{month:02}/{day:02}/{year}"),
            (1, "de" | "pl") => format!("{day:02}.{month:02}.{year}"),
            (1, _) => format!("{day:02}/{month:02}/{year}"),
            (2, "us") => format!("{month}/{day}/{year}"),
            (2, _) => format!("{day:02}-{month:02}-{year}"),
            _ => format!("{year}{month:02}{day:02}"),
        }
    }

    fn cased(&self, name: String) -> String {
        match self.style % 5 {
            3 => name.to_uppercase(),
            4 if self.country != "jp" => name.to_lowercase(),
            _ => name,
        }
    }

    /// One of the words of the country's language, `de|fr|…` in the order of `LANGUAGES`, English first.
    fn of_language(&mut self, words: &[&str]) -> String {
        let at = match self.country {
            "us" | "gb" => 0,
            country => {
                1 + LANGUAGES
                    .iter()
                    .position(|(_, c)| *c == country)
                    .unwrap_or(0)
            }
        };
        let list: Vec<&str> = words.get(at).unwrap_or(&words[0]).split(',').collect();
        self.random.pick(&list).to_owned()
    }
}

fn full_name(row: &mut Row<'_>) -> String {
    let Person { given, family, .. } = row.person.clone();
    let name = match row.style % 7 {
        _ if row.country == "jp" => format!("{family} {given}"),
        1 => format!("{family}, {given}"),
        2 if row.random.one_in(3) => format!("{given} {}. {family}", row.random.capitals(1)),
        5 => format!(
            "{} {given} {family}",
            if row.person.is_female { "Ms." } else { "Mr." }
        ),
        _ => format!("{given} {family}"),
    };
    row.cased(name)
}

fn email(row: &mut Row<'_>) -> String {
    let (mut given, mut family) = (plain(&row.person.given), plain(&row.person.family));
    if given.is_empty() || family.is_empty() {
        (given, family) = (
            row.random.of("aeioukstnm", 5),
            row.random.of("aeioukstnm", 6),
        );
    }
    let host = row.random.pick(&[
        "example.com",
        "example.org",
        "mail.example.net",
        "gmail.com",
        "web.de",
        "orange.fr",
        "corp.example.co.uk",
    ]);
    let name = match row.random.below(4) {
        0 => format!("{given}.{family}"),
        1 => format!("{}{family}", &given[..1]),
        2 => format!("{given}{}", row.random.from(1, 99)),
        _ => format!("{given}_{family}+news"),
    };
    let mail = format!("{name}@{host}");
    if row.style % 6 == 5 {
        mail.to_uppercase()
    } else {
        mail
    }
}

fn username(row: &mut Row<'_>) -> String {
    let (mut given, mut family) = (plain(&row.person.given), plain(&row.person.family));
    if given.is_empty() || family.is_empty() {
        (given, family) = (
            row.random.of("aeioukstnm", 5),
            row.random.of("aeioukstnm", 6),
        );
    }
    match row.random.below(4) {
        0 => format!("{given}{}", row.random.from(1, 999)),
        1 => format!("{}{family}", &given[..1]),
        2 => format!("{given}.{family}"),
        _ => format!("{given}_{}", row.random.from(60, 99)),
    }
}

fn full_address(row: &mut Row<'_>) -> String {
    let street = people::street(row.world, row.random, row.country);
    let code = people::postcode(row.random, row.country);
    let city = row.word(|w| &w.city);
    match row.country {
        "us" | "gb" => format!("{street}, {city}, {code}"),
        "jp" => format!("〒{code} {city}{street}"),
        _ => format!("{street}, {code} {city}"),
    }
}

fn birth(row: &mut Row<'_>) -> String {
    let (year, month, day) = row.person.birth;
    row.date(year, month, day)
}

fn gender(row: &mut Row<'_>) -> String {
    let female = row.person.is_female;
    let pair = |a: &str, b: &str| if female { a.to_owned() } else { b.to_owned() };
    match row.style % 3 {
        0 => pair("F", "M"),
        1 => pair("female", "male"),
        _ => match row.country {
            "de" => pair("weiblich", "männlich"),
            "fr" => pair("Femme", "Homme"),
            "es" => pair("mujer", "hombre"),
            "it" => pair("femmina", "maschio"),
            "br" => pair("Feminino", "Masculino"),
            "nl" => pair("vrouw", "man"),
            "pl" => pair("kobieta", "mężczyzna"),
            "se" => pair("kvinna", "man"),
            "jp" => pair("女性", "男性"),
            _ => pair("Female", "Male"),
        },
    }
}

fn card(row: &mut Row<'_>) -> String {
    let number = people::card(row.random);
    match row.style % 3 {
        0 => number,
        1 if number.len() == 16 => people::in_fours(&number, " "),
        1 => number,
        _ => format!("{}******{}", &number[..6], &number[number.len() - 4..]),
    }
}

fn iban(row: &mut Row<'_>) -> String {
    let iban = people::iban(row.random, row.country);
    if row.style.is_multiple_of(2) {
        iban
    } else {
        people::in_fours(&iban, " ")
    }
}

fn ipv4(row: &mut Row<'_>) -> String {
    let r = &mut *row.random;
    if row.style % 4 == 3 && r.one_in(3) {
        return format!("2a02:8109:{}::{}", r.hex(4), r.from(1, 9999));
    }
    format!(
        "{}.{}.{}.{}",
        r.pick(&["84", "203", "91", "178", "62", "151", "45"]),
        r.below(256),
        r.below(256),
        r.from(1, 254)
    )
}

fn mac(row: &mut Row<'_>) -> String {
    let pairs: Vec<String> = (0..6).map(|_| row.random.hex(2)).collect();
    if row.style.is_multiple_of(2) {
        pairs.join(":")
    } else {
        pairs.join("-").to_uppercase()
    }
}

fn imei(row: &mut Row<'_>) -> String {
    let body = format!("35{}", row.random.digits(12));
    format!("{body}{}", people::luhn(&body))
}

fn agent(row: &mut Row<'_>) -> String {
    let r = &mut *row.random;
    let system = r.pick(&[
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "iPhone; CPU iPhone OS 17_4 like Mac OS X",
        "Linux; Android 14; Pixel 8",
    ]);
    format!(
        "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
        r.from(90, 130)
    )
}

fn text_about(row: &mut Row<'_>) -> String {
    let given = row.person.given.clone();
    let text = row.of_language(&[
        "I have not received my parcel yet and nobody answers. Please call me back,Thank you for the quick reply - could you send the invoice again to my new address?,The room was lovely but the shower did not work on our last day",
        "Ich habe mein Paket noch nicht erhalten und niemand meldet sich bei mir,Vielen Dank für die schnelle Antwort und bitte ändern Sie meine Adresse",
        "Je n'ai toujours pas reçu mon colis et personne ne me répond,Merci pour votre réponse rapide et veuillez modifier mon adresse",
        "Todavía no he recibido mi paquete y nadie me contesta,Gracias por la respuesta - quiero cambiar mi dirección de envío",
        "Non ho ancora ricevuto il mio pacco e nessuno mi risponde,Grazie per la risposta rapida ma vorrei cambiare il mio indirizzo",
        "Ainda não recebi a minha encomenda e ninguém me responde,Obrigado pela resposta rápida mas quero mudar meu endereço",
        "Ik heb mijn pakket nog niet ontvangen en niemand reageert,Bedankt voor het snelle antwoord en graag mijn adres wijzigen",
        "Nie otrzymałem jeszcze mojej paczki i nikt nie odpowiada,Dziękuję za szybką odpowiedź i proszę zmienić mój adres",
        "Jag har inte fått mitt paket än och ingen svarar mig,Tack för snabbt svar men jag vill ändra min adress",
        "荷物がまだ届いていません。連絡をお願いします,ご返信ありがとうございます。住所を変更したいです",
    ]);
    if row.random.one_in(3) {
        format!("{text}. {given}")
    } else {
        text
    }
}

fn country_name(row: &mut Row<'_>) -> String {
    row.word(|w| &w.country)
}

fn stamp(row: &mut Row<'_>) -> String {
    let r = &mut *row.random;
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        r.from(2021, 2025),
        r.from(1, 12),
        r.from(1, 28),
        r.below(24),
        r.below(60),
        r.below(60)
    )
}

/// All kinds.
#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    Kind { id: "full_name", labels: &["contact.name"], headers: &["full_name", "customer_name", "name_of_holder", "Contact Name"], foreign: &["Name_Vorname", "nom_complet", "nombre_completo", "nome_e_cognome", "nome_completo", "volledige_naam", "imie_i_nazwisko", "fullständigt namn", "shimei"], tells: true, make: full_name },
    Kind { id: "first_name", labels: &["contact.name"], headers: &["first_name", "fname", "GivenName", "forename"], foreign: &["Vorname", "prenom", "nombre", "nome", "primeiro_nome", "voornaam", "imie", "förnamn", "namae"], tells: true, make: |row| row.cased(row.person.given.clone()) },
    Kind { id: "last_name", labels: &["contact.name"], headers: &["last_name", "lname", "Surname", "familyName"], foreign: &["Nachname", "nom_de_famille", "apellidos", "cognome", "sobrenome", "achternaam", "nazwisko", "efternamn", "myoji"], tells: true, make: |row| row.cased(row.person.family.clone()) },
    Kind { id: "email", labels: &["contact.email"], headers: &["email", "e-mail address", "mail", "contact_email"], foreign: &["E-Mail-Adresse", "courriel", "correo_electronico", "posta_elettronica", "e_mail", "e-mailadres", "adres_email", "epostadress", "meeru_adoresu"], tells: true, make: email },
    Kind { id: "work_email", labels: &["contact.email"], headers: &["work_email", "email2", "reply_to", "billing_email"], foreign: &[], tells: true, make: email },
    Kind { id: "phone", labels: &["contact.phone"], headers: &["phone", "tel_no", "telephone", "contact_number"], foreign: &["Telefonnummer", "telephone", "telefono", "telefono", "telefone", "telefoonnummer", "numer_telefonu", "telefonnummer", "denwa_bangou"], tells: true, make: |row| people::phone(row.random, row.country, row.style) },
    Kind { id: "mobile", labels: &["contact.phone"], headers: &["mobile", "cell_phone", "MobileNo", "gsm"], foreign: &["Handynummer", "portable", "movil", "cellulare", "celular", "mobiel", "tel_komorkowy", "mobilnummer", "keitai"], tells: true, make: |row| people::phone(row.random, row.country, row.style) },
    Kind { id: "street", labels: &["contact.postal_address"], headers: &["street", "address_line_1", "addr1", "StreetAddress"], foreign: &["Straße", "rue", "calle", "via", "logradouro", "straat", "ulica", "gatuadress", "banchi"], tells: true, make: |row| people::street(row.world, row.random, row.country) },
    Kind { id: "full_address", labels: &["contact.postal_address"], headers: &["address", "shipping_address", "home_address", "Mailing Address"], foreign: &["Anschrift", "adresse", "direccion", "indirizzo", "endereco", "adres", "adres_zamieszkania", "adress", "juusho"], tells: true, make: full_address },
    Kind { id: "postcode", labels: &["contact.postal_address", "location.region"], headers: &["zip", "postal_code", "postcode", "ZipCode"], foreign: &["PLZ", "code_postal", "codigo_postal", "cap", "cep", "postcode", "kod_pocztowy", "postnummer", "yuubin_bangou"], tells: false, make: |row| people::postcode(row.random, row.country) },
    Kind { id: "city", labels: &["location.region", "contact.postal_address"], headers: &["city", "town", "City of residence", "home_city"], foreign: &["Wohnort", "ville", "ciudad", "citta", "cidade", "woonplaats", "miasto", "ort", "shi"], tells: true, make: |row| row.word(|w| &w.city) },
    Kind { id: "country", labels: &["location.region", "contact.postal_address", "contact.nationality"], headers: &["country", "country_of_residence", "Country", "residence_country"], foreign: &["Land", "pays", "pais", "paese", "pais", "land", "kraj", "land", "kuni"], tells: true, make: country_name },
    Kind { id: "birth_date", labels: &["contact.birth_date"], headers: &["date_of_birth", "dob", "BirthDate", "born_on"], foreign: &["Geburtsdatum", "date_naissance", "fecha_nacimiento", "data_di_nascita", "data_nascimento", "geboortedatum", "data_urodzenia", "födelsedatum", "seinengappi"], tells: true, make: birth },
    Kind { id: "age", labels: &["contact.birth_date"], headers: &["age", "age_years", "Age", "patient_age"], foreign: &["Alter", "age", "edad", "eta", "idade", "leeftijd", "wiek", "ålder", "nenrei"], tells: false, make: |row| (2025 - row.person.birth.0).to_string() },
    Kind { id: "gender", labels: &["contact.gender"], headers: &["gender", "sex", "Gender", "m_f"], foreign: &["Geschlecht", "sexe", "sexo", "sesso", "sexo", "geslacht", "plec", "kön", "seibetsu"], tells: true, make: gender },
    Kind { id: "nationality", labels: &["contact.nationality", "location.region"], headers: &["nationality", "citizenship", "Nationality", "citizen_of"], foreign: &["Staatsangehörigkeit", "nationalite", "nacionalidad", "cittadinanza", "nacionalidade", "nationaliteit", "narodowosc", "medborgarskap", "kokuseki"], tells: true, make: |row| row.of_language(&["American,British,German,French,Spanish,Indian,Polish,Turkish,Irish,Chinese", "deutsch,türkisch,polnisch,italienisch,österreichisch,syrisch", "française,belge,marocaine,algérienne,portugaise,italienne", "española,rumana,marroquí,colombiana,argentina,ecuatoriana", "italiana,rumena,albanese,marocchina,ucraina,francese", "brasileira,portuguesa,argentina,angolana,japonesa", "Nederlandse,Belgische,Duitse,Turkse,Marokkaanse,Poolse", "polska,ukraińska,białoruska,niemiecka,wietnamska", "svensk,finsk,norsk,syrisk,irakisk,dansk", "日本,中国,韓国,ブラジル,ベトナム"]) },
    Kind { id: "marital", labels: &["contact.family"], headers: &["marital_status", "civil_status", "MaritalStatus", "marital"], foreign: &["Familienstand", "situation_familiale", "estado_civil", "stato_civile", "estado_civil", "burgerlijke_staat", "stan_cywilny", "civilstånd", "konin_reki"], tells: true, make: |row| row.of_language(&["single,married,divorced,widowed,separated", "ledig,verheiratet,geschieden,verwitwet", "célibataire,marié,divorcé,veuf,pacsé", "soltero,casado,divorciado,viudo", "celibe,coniugato,divorziato,vedovo,nubile", "solteiro,casado,divorciado,viúvo", "ongehuwd,gehuwd,gescheiden,weduwe", "panna,kawaler,żonaty,zamężna,rozwiedziony", "ogift,gift,skild,änka,sambo", "未婚,既婚,離婚"]) },
    Kind { id: "job", labels: &["contact.employment"], headers: &["job_title", "occupation", "Position", "profession"], foreign: &["Beruf", "profession", "profesion", "professione", "profissao", "beroep", "zawod", "yrke", "shokugyo"], tells: true, make: |row| row.word(|w| &w.job) },
    Kind { id: "employer", labels: &["contact.employment"], headers: &["employer", "employer_name", "workplace", "current_employer"], foreign: &["Arbeitgeber", "employeur", "empresa_empleadora", "datore_di_lavoro", "empregador", "werkgever", "pracodawca", "arbetsgivare", "kinmusaki"], tells: false, make: |row| { let family = row.word(|w| &w.family); format!("{family} {}", row.random.pick(&["GmbH", "Ltd", "& Sons", "Group", "SA", "Inc", "AB"])) } },
    Kind { id: "username", labels: &["contact.username", "contact.account_id"], headers: &["username", "login", "screen_name", "handle"], foreign: &["Benutzername", "identifiant", "nombre_de_usuario", "nome_utente", "nome_de_usuario", "gebruikersnaam", "nazwa_uzytkownika", "användarnamn", "riyosha_mei"], tells: false, make: username },
    Kind { id: "account", labels: &["contact.account_id"], headers: &["customer_id", "member_no", "user_id", "EmployeeNumber"], foreign: &["Kundennummer", "numero_client", "numero_cliente", "codice_cliente", "codigo_cliente", "klantnummer", "numer_klienta", "kundnummer", "kaiin_bangou"], tells: false, make: |row| if row.style.is_multiple_of(2) { row.random.from(10_000, 99_999).to_string() } else { format!("C{}", row.random.digits(7)) } },
    Kind { id: "profile", labels: &["contact.online_profile"], headers: &["linkedin_url", "profile_url", "facebook", "social_profile"], foreign: &[], tells: true, make: |row| { let name = username(row); match row.style % 3 { 0 => format!("https://www.linkedin.com/in/{name}"), 1 => format!("https://github.com/{name}"), _ => format!("https://www.facebook.com/{name}") } } },
    Kind { id: "ip", labels: &["location.ip_address"], headers: &["ip_address", "client_ip", "remote_addr", "last_ip"], foreign: &["IP-Adresse", "adresse_ip", "direccion_ip", "indirizzo_ip", "endereco_ip", "ip_adres", "adres_ip", "ip_adress", "ip_adoresu"], tells: true, make: ipv4 },
    Kind { id: "latitude_longitude", labels: &["location.precise"], headers: &["gps", "coordinates", "geo_position", "last_location"], foreign: &[], tells: true, make: |row| format!("{}{}.{}, {}.{}", row.random.pick(&["", "-"]), row.random.from(10, 58), row.random.digits(6), row.random.from(1, 120), row.random.digits(6)) },
    Kind { id: "timezone", labels: &["location.timezone"], headers: &["timezone", "time_zone", "tz", "user_timezone"], foreign: &["Zeitzone", "fuseau_horaire", "zona_horaria", "fuso_orario", "fuso_horario", "tijdzone", "strefa_czasowa", "tidszon", "taimu_zon"], tells: true, make: |row| row.random.pick(&["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Sao_Paulo", "Australia/Sydney", "Africa/Lagos"]).to_owned() },
    Kind { id: "user_agent", labels: &["usage.device"], headers: &["user_agent", "browser", "ua", "client_agent"], foreign: &[], tells: true, make: agent },
    Kind { id: "mac", labels: &["usage.device_id"], headers: &["mac_address", "device_mac", "wifi_mac", "hw_addr"], foreign: &[], tells: true, make: mac },
    Kind { id: "imei", labels: &["usage.device_id"], headers: &["imei", "device_imei", "IMEI number", "handset_imei"], foreign: &[], tells: true, make: imei },
    Kind { id: "card", labels: &["financial.card_number"], headers: &["card_number", "cc_number", "pan", "credit_card"], foreign: &["Kreditkartennummer", "numero_carte", "numero_tarjeta", "numero_carta", "numero_cartao", "creditcardnummer", "numer_karty", "kortnummer", "kaado_bangou"], tells: true, make: card },
    Kind { id: "expiry", labels: &["financial.card_security", "financial.card_number"], headers: &["card_expiry", "exp_date", "cc_exp", "expiration"], foreign: &[], tells: true, make: |row| if row.style.is_multiple_of(2) { format!("{:02}/{}", row.random.from(1, 12), row.random.from(25, 31)) } else { format!("{:02}/20{}", row.random.from(1, 12), row.random.from(25, 31)) } },
    Kind { id: "iban", labels: &["financial.bank_account"], headers: &["iban", "bank_account", "account_iban", "payout_iban"], foreign: &["Bankverbindung", "iban_client", "cuenta_bancaria", "conto_corrente", "conta_bancaria", "rekeningnummer", "numer_konta", "bankkonto", "kouza_bangou"], tells: true, make: iban },
    Kind { id: "bic", labels: &["financial.bank_account"], headers: &["bic", "swift_code", "swift", "bank_bic"], foreign: &[], tells: true, make: |row| format!("{}{}{}", row.random.pick(&["DEUT", "COBA", "BNPA", "BARC", "CHAS", "INGB", "HAND", "UNCR"]), row.random.pick(&["DE", "FR", "GB", "US", "NL", "SE", "IT"]), row.random.pick(&["FF", "22", "PP", "33", "2AXXX", "MMXXX", "2L"])) },
    Kind { id: "salary", labels: &["financial.income"], headers: &["salary", "annual_income", "gross_pay", "base_salary"], foreign: &["Gehalt", "salaire", "salario", "stipendio", "salario", "salaris", "wynagrodzenie", "lön", "nenshu"], tells: false, make: |row| format!("{}.{}", row.random.from(24_000, 120_000), row.random.digits(2)) },
    Kind { id: "national_id", labels: &["sensitive.government_id"], headers: &["ssn", "national_id", "social_security_number", "id_number"], foreign: &["Sozialversicherungsnummer", "numero_securite_sociale", "dni", "", "", "bsn", "pesel", "personnummer", ""], tells: true, make: |row| people::national_id(row.random, row.country, row.person) },
    Kind { id: "tax_id", labels: &["financial.tax_id"], headers: &["tax_id", "tin", "taxpayer_id", "tax_number"], foreign: &["Steuer-ID", "", "", "codice_fiscale", "cpf", "", "", "", ""], tells: true, make: |row| people::tax_id(row.random, row.country) },
    Kind { id: "passport", labels: &["sensitive.government_id"], headers: &["passport_no", "passport", "PassportNumber", "travel_document"], foreign: &["Reisepassnummer", "numero_passeport", "numero_pasaporte", "numero_passaporto", "numero_passaporte", "paspoortnummer", "numer_paszportu", "passnummer", "pasupooto_bangou"], tells: false, make: |row| format!("{}{}", row.random.of("CFGHJKLMNPRTVWXYZ", 1), row.random.digits(8)) },
    Kind { id: "blood", labels: &["sensitive.health"], headers: &["blood_type", "blood_group", "bloodType", "blood"], foreign: &["Blutgruppe", "groupe_sanguin", "grupo_sanguineo", "gruppo_sanguigno", "tipo_sanguineo", "bloedgroep", "grupa_krwi", "blodgrupp", "ketsueki_gata"], tells: true, make: |row| row.random.pick(&["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"]).to_owned() },
    Kind { id: "diagnosis", labels: &["sensitive.health"], headers: &["diagnosis_code", "icd10", "primary_diagnosis", "dx"], foreign: &["Diagnose", "diagnostic", "diagnostico", "diagnosi", "diagnostico", "diagnose", "rozpoznanie", "diagnos", "shindan"], tells: true, make: |row| { let r = &mut *row.random; r.pick(&["J45.909", "E11.9", "I10", "F32.1", "M54.5", "N39.0", "K21.9", "C50.911", "G43.909", "Z79.4", "E78.5", "F41.1"]).to_owned() } },
    Kind { id: "religion", labels: &["sensitive.religion"], headers: &["religion", "faith", "Religion", "denomination"], foreign: &["Konfession", "religion", "religion", "religione", "religiao", "godsdienst", "wyznanie", "religion", "shukyo"], tells: true, make: |row| row.of_language(&["Christian,Muslim,Jewish,Hindu,Buddhist,Atheist,Sikh,none", "evangelisch,katholisch,muslimisch,konfessionslos,jüdisch", "catholique,musulman,protestant,juif,athée", "católico,musulmán,evangélico,ateo,judío", "cattolico,musulmano,ebreo,ateo,ortodosso", "católico,evangélico,espírita,ateu,judeu", "katholiek,protestants,islamitisch,atheïst,joods", "katolik,prawosławny,protestant,ateista,muzułmanin", "luthersk,katolsk,muslimsk,ateist,judisk", "仏教,神道,キリスト教,無宗教"]) },
    Kind { id: "ethnicity", labels: &["sensitive.ethnicity"], headers: &["ethnicity", "race", "Ethnic Group", "ethnic_origin"], foreign: &[], tells: true, make: |row| row.random.pick(&["White", "Black or African American", "Asian", "Hispanic or Latino", "American Indian or Alaska Native", "Native Hawaiian or Other Pacific Islander", "Two or more races", "White British", "Mixed"]).to_owned() },
    Kind { id: "orientation", labels: &["sensitive.sexuality"], headers: &["sexual_orientation", "orientation", "sexuality", "SexualOrientation"], foreign: &[], tells: true, make: |row| row.random.pick(&["heterosexual", "homosexual", "bisexual", "gay", "lesbian", "asexual", "straight"]).to_owned() },
    Kind { id: "password_hash", labels: &["sensitive.credential"], headers: &["password", "pwd_hash", "passwd", "password_digest"], foreign: &["Passwort", "mot_de_passe", "contrasena", "password_utente", "senha", "wachtwoord", "haslo", "lösenord", "pasuwaado"], tells: true, make: |row| format!("$2b$12${}", row.random.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./", 53)) },
    Kind { id: "token", labels: &["sensitive.credential", "usage.session"], headers: &["api_token", "access_token", "auth_token", "refresh_token"], foreign: &[], tells: true, make: |row| format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI{}.{}", row.random.of("ABCDEFGHIJKLMNOPabcdefghij0123456789", 14), row.random.of("ABCDEFGHIJKLMNOPabcdefghij0123456789_-", 43)) },
    Kind { id: "message", labels: &["usage.communication", "usage.content"], headers: &["message", "comment", "customer_note", "feedback"], foreign: &["Nachricht", "message_client", "mensaje", "messaggio", "mensagem", "bericht", "wiadomosc", "meddelande", "messeeji"], tells: false, make: text_about },
    Kind { id: "language", labels: &["usage.preference"], headers: &["preferred_language", "locale", "lang_pref", "user_language"], foreign: &["Sprache_bevorzugt", "langue_preferee", "idioma_preferido", "lingua_preferita", "idioma_preferido", "voorkeurstaal", "preferowany_jezyk", "föredraget språk", "gengo_settei"], tells: false, make: |row| row.random.pick(&["en-US", "de-DE", "fr-FR", "es-ES", "pt-BR", "nl-NL", "pl-PL", "sv-SE", "ja-JP"]).to_owned() },
    Kind { id: "last_login", labels: &["usage.activity"], headers: &["last_login", "last_seen_at", "last_login_at", "last_active"], foreign: &["letzte_Anmeldung", "derniere_connexion", "ultimo_acceso", "ultimo_accesso", "ultimo_acesso", "laatste_login", "ostatnie_logowanie", "senaste inloggning", "saishu_roguin"], tells: false, make: stamp },
    Kind { id: "wallet", labels: &["financial.crypto_wallet"], headers: &["wallet_address", "eth_wallet", "payout_wallet", "crypto_address"], foreign: &[], tells: true, make: |row| format!("0x{}", row.random.hex(40)) },
    Kind { id: "cookie", labels: &["usage.cookie_id"], headers: &["ga_client_id", "visitor_cookie", "_ga", "cookie_id"], foreign: &[], tells: true, make: |row| format!("GA1.2.{}.{}", row.random.from(100_000_000, 2_000_000_000), row.random.from(1_600_000_000, 1_740_000_000)) },
];
