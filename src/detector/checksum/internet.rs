//! Addresses on the internet: IPv4, IPv6, e-mail.
//! Turns down what only looks like one: versions, file names, scopes of program code.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Checksum;
use super::region;

pub(super) static TABLE: &[Checksum] = &[
    Checksum {
        name: "email",
        about: "e-mail address: the practical subset of RFC 5321; no file names, versions or packages",
        pass_rate: 0.9,
        check: email,
    },
    Checksum {
        name: "ipv4",
        about: "IPv4 address: four numbers up to 255 without leading zeros; no x.0.0.0",
        pass_rate: 0.17,
        check: ipv4,
    },
    Checksum {
        name: "ipv6",
        about: "IPv6 address, RFC 4291, also with prefix length or zone",
        pass_rate: 1.0,
        check: ipv6,
    },
];

fn ipv4(text: &str) -> bool {
    // x.0.0.0 is a network, and far more often the version of a browser.
    text.parse::<Ipv4Addr>()
        .is_ok_and(|address| address.octets()[1..] != [0, 0, 0])
}

fn ipv6(text: &str) -> bool {
    let text = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let text = match text.split_once('/') {
        Some((address, length)) if length.parse::<u8>().is_ok_and(|length| length <= 128) => {
            address
        }
        Some(_) => return false,
        None => text,
    };
    let text = match text.split_once('%') {
        Some((address, zone))
            if !zone.is_empty() && zone.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            address
        }
        Some(_) => return false,
        None => text,
    };
    // Without a digit it is a path of names in code, `dead::beef`.
    text.bytes().any(|byte| byte.is_ascii_digit())
        && text
            .parse::<Ipv6Addr>()
            .is_ok_and(|address| !address.is_unspecified())
}

/// Endings of file names that no mail domain has.
const FILE_ENDINGS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "avif", "tiff", "css", "scss",
    "less", "html", "htm", "jsx", "tsx", "mjs", "cjs", "json", "yaml", "yml", "xml", "csv", "txt",
    "pdf", "map", "lock", "tgz", "tar", "gz", "jar", "war", "exe", "dll", "so", "rar", "mp3",
    "mp4", "wav", "woff", "woff2", "ttf", "otf", "eot", "class", "java", "php", "cpp", "vue",
    "swift", "kt", "rb", "git", "patch", "diff", "log", "conf", "toml", "service", "socket",
    "timer", "target", "mount", "slice",
];

fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    local_part(local) && domain_part(domain) && !package_or_image(local, domain)
}

/// A dot-atom of at most 64 bytes; letters beyond ASCII may stand in it (RFC 6531).
fn local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        // The user of SSH remotes of every code host.
        && !local.eq_ignore_ascii_case("git")
        && local.chars().any(char::is_alphanumeric)
        && local.chars().all(|letter| letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(letter))
}

/// At least two labels, the last a top-level domain.
fn domain_part(domain: &str) -> bool {
    let Some((host, top)) = domain.rsplit_once('.') else {
        return false;
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let top_level = match top.as_bytes() {
        [a, b] => region::is_country_domain([a.to_ascii_lowercase(), b.to_ascii_lowercase()]),
        [b'x' | b'X', b'n' | b'N', b'-', b'-', ..] => label(top),
        _ => {
            (2..=24).contains(&top.chars().count())
                && top.chars().all(char::is_alphabetic)
                && !FILE_ENDINGS
                    .iter()
                    .any(|ending| ending.eq_ignore_ascii_case(top))
        }
    };
    domain.len() <= 253 && top_level && host.split('.').all(label)
}

/// `lodash@4.17.21-beta.rc`, `logo@2x.ai`: what follows the sign is a version or a scale.
fn package_or_image(local: &str, domain: &str) -> bool {
    let first = domain.split('.').next().unwrap_or_default();
    let scale = first.strip_suffix(['x', 'X']).is_some_and(|number| {
        (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let mut labels = domain.split('.');
    let numeric = |label: Option<&str>| {
        label.is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let version = numeric(labels.next())
        && labels
            .next()
            .is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
    scale || version || local.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_addresses_and_what_looks_like_them() {
        for good in [
            "jane.doe@example.com",
            "J+tag@mail.example.co.uk",
            "o'neil@example.org",
            "a@example.museum",
            "müller@example.de",
            "x_y-z@sub-domain.example.net",
            "info@xn--bcher-kva.example",
            "user@123.com",
            "first/last@example.com",
            "a@bücher.example",
            "jane@163.com",
        ] {
            assert!(email(good), "{good}");
        }
        for bad in [
            "logo@2x.png",
            "lodash@4.17.21",
            "icon@3x.ai",
            "react@18.2.0-next.com",
            "a..b@example.com",
            ".a@example.com",
            "a@example",
            "a@-example.com",
            "git@github.com",
            "user@host.local.js",
            "@example.com",
            "a@",
            "",
            "a b@example.com",
            "style@screen.css",
            "a@example.c",
            "pkg@1.2.beta",
            "getty@tty1.service",
            "a@exa_mple.com",
            "a@example..com",
        ] {
            assert!(!email(bad), "{bad}");
        }
    }

    #[test]
    fn internet_addresses_and_what_looks_like_them() {
        for good in ["192.0.2.1", "203.0.113.255", "127.0.0.1", "8.8.8.8"] {
            assert!(ipv4(good), "{good}");
        }
        for bad in [
            "120.0.0.0",
            "256.1.1.1",
            "1.2.3",
            "01.2.3.4",
            "1.2.3.4.5",
            "0.0.0.0",
            "",
        ] {
            assert!(!ipv4(bad), "{bad}");
        }
        for good in [
            "2001:db8::1",
            "2001:db8:0:0:0:0:2:1",
            "[2001:db8::1]",
            "fe80::1%eth0",
            "2001:db8::/32",
            "::ffff:192.0.2.1",
            "::1",
        ] {
            assert!(ipv6(good), "{good}");
        }
        for bad in [
            "dead::beef",
            "::",
            "12:34:56",
            "std::vec",
            "2001:db8::1::2",
            "2001:db8::/129",
            "",
            "%",
        ] {
            assert!(!ipv6(bad), "{bad}");
        }
    }
}
