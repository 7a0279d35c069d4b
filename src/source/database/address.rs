//! The URL of a server, taken apart: host, port, database, user, password, options.
//! Has no `Debug`: what it holds goes to a driver and nowhere else. Errors never quote the URL.

use crate::source::SourceError;

/// Where a server is and who asks.
pub struct Address {
    /// User name, decoded.
    pub user: Option<String>,
    /// Password, decoded.
    pub password: Option<String>,
    /// Host name, address or folder of a socket; empty for the default.
    pub host: String,
    /// Port.
    pub port: Option<u16>,
    /// Database, or its number.
    pub database: Option<String>,
    options: Vec<(String, String)>,
}

/// How the connection is encrypted. Only [`Encryption::Preferred`] ever falls back to none, because it was asked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// In the clear.
    Off,
    /// If the server offers it.
    Preferred,
    /// Always; the certificate is not held against authorities.
    Required,
    /// Always; the certificate must come from a known authority.
    VerifiedAuthority,
    /// Always; the certificate must come from a known authority and be for this host.
    Verified,
}

impl Address {
    /// Takes a URL apart.
    pub fn parse(url: &str) -> Result<Self, SourceError> {
        let wrong = |what: &str| {
            SourceError::Server(format!(
                "the URL is not readable: {what} (signs such as @ : / ? # in a password are written as %40 %3A %2F %3F %23)"
            ))
        };
        let (_, rest) = url
            .split_once("://")
            .ok_or_else(|| wrong("it has no ://"))?;
        let rest = rest.split('#').next().unwrap_or(rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (credentials, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let decode = |text: &str| decoded(text).ok_or_else(|| wrong("a % stands before no number"));
        let (user, password) = match credentials.split_once(':') {
            Some((user, password)) => (decode(user)?, Some(decode(password)?)),
            None => (decode(credentials)?, None),
        };
        let (host, port) =
            host_and_port(authority).ok_or_else(|| wrong("the port is no number"))?;
        let mut options = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            options.push((decode(name)?.to_ascii_lowercase(), decode(value)?));
        }
        let database = decode(path)?;
        let mut address = Self {
            user: (!user.is_empty()).then_some(user),
            password,
            host: decode(host)?,
            port,
            database: (!database.is_empty()).then_some(database),
            options,
        };
        address.take_options();
        Ok(address)
    }

    /// What `?host=…&user=…` says where the URL itself leaves it out.
    fn take_options(&mut self) {
        let given = |name: &str| self.option(name).map(str::to_owned);
        let (user, password, host) = (given("user"), given("password"), given("host"));
        let (port, database) = (given("port"), given("dbname"));
        self.user = self.user.take().or(user);
        self.password = self.password.take().or(password);
        self.port = self.port.or_else(|| port?.parse().ok());
        self.database = self.database.take().or(database);
        if let Some(host) = host.filter(|_| self.host.is_empty()) {
            self.host = host;
        }
    }

    /// An option of the URL, by its name in lower case.
    pub fn option(&self, name: &str) -> Option<&str> {
        let found = self.options.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the server is this machine.
    pub fn is_local(&self) -> bool {
        self.host.is_empty()
            || self.host.starts_with('/')
            || self.host.eq_ignore_ascii_case("localhost")
            || self
                .host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    }

    /// What the URL asks for; without a word, encryption is required of every other machine and preferred on this one.
    pub fn encryption(&self) -> Result<Encryption, SourceError> {
        let names = ["sslmode", "ssl-mode", "ssl_mode"];
        let Some(asked) = names.iter().find_map(|name| self.option(name)) else {
            return Ok(if self.is_local() {
                Encryption::Preferred
            } else {
                Encryption::Required
            });
        };
        Ok(
            match asked.to_ascii_lowercase().replace('_', "-").as_str() {
                "disable" | "disabled" => Encryption::Off,
                "allow" | "prefer" | "preferred" => Encryption::Preferred,
                "require" | "required" => Encryption::Required,
                "verify-ca" => Encryption::VerifiedAuthority,
                "verify-full" | "verify-identity" => Encryption::Verified,
                _ => {
                    let known = "disable, prefer, require, verify-ca, verify-full";
                    let why = format!("the URL's sslmode is none of {known}");
                    return Err(SourceError::Server(why));
                }
            },
        )
    }
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        let port = rest.strip_prefix(':').filter(|port| !port.is_empty());
        return Some((host, port.map(str::parse).transpose().ok()?));
    }
    match authority.rsplit_once(':') {
        Some((host, "")) => Some((host, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((authority, None)),
    }
}

/// Text with `%40` and the like decoded.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str) -> Address {
        Address::parse(url).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn a_url_is_taken_apart() {
        let a = address("postgres://ana:p%40ss%3A@db.example:5433/shop?sslmode=verify-full");
        assert_eq!((a.host.as_str(), a.port), ("db.example", Some(5433)));
        assert_eq!(a.user.as_deref(), Some("ana"));
        assert_eq!(a.password.as_deref(), Some("p@ss:"));
        assert_eq!(a.database.as_deref(), Some("shop"));
        assert_eq!(a.encryption().ok(), Some(Encryption::Verified));
        let socket = address("postgres:///shop?host=/run/postgresql&user=ana");
        assert_eq!(socket.host, "/run/postgresql");
        assert!(socket.is_local());
        assert_eq!(address("redis://[::1]:6380/2").port, Some(6380));
    }

    #[test]
    fn encryption_is_required_of_other_machines() {
        let of = |url: &str| address(url).encryption().ok();
        assert_eq!(of("mysql://db.example/a"), Some(Encryption::Required));
        assert_eq!(of("mysql://127.0.0.1/a"), Some(Encryption::Preferred));
        assert_eq!(
            of("mysql://db.example/a?ssl-mode=DISABLED"),
            Some(Encryption::Off)
        );
        assert_eq!(of("mysql://db.example/a?sslmode=maybe"), None);
    }

    #[test]
    fn errors_quote_nothing_of_the_url() {
        for url in [
            "postgres://ana:hunter2hunter2@h:hunter2/x",
            "postgres://ana:hunter2%zz@h/x",
            "hunter2",
        ] {
            let error = Address::parse(url).err().expect("not readable").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
