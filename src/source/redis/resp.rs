//! The protocol of Redis (RESP2): commands out, replies in, with limits on what a reply may hold.
//! Error replies are reduced to their first word: the rest may quote data.

use crate::source::SourceError;
use crate::source::database::{Address, CONNECT_SECONDS, STATEMENT_SECONDS, unreachable};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// Most bytes of one string; what a longer one holds is passed over.
const STRING_BYTES: usize = 4 << 20;
/// Most elements of one array.
const ELEMENTS: usize = 1 << 20;
/// How deep arrays nest in any reply that is asked for.
const DEPTH: u32 = 8;

/// A connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// A reply.
pub enum Reply {
    /// A simple or bulk string; empty where it was too long to keep.
    Text(Vec<u8>),
    /// A number.
    Number(i64),
    /// An array.
    List(Vec<Reply>),
    /// Nothing.
    Nil,
    /// An error, by its first word (`NOPERM`, `WRONGTYPE`).
    Error(String),
}

impl Reply {
    /// The elements of an array; none of anything else.
    pub fn list(self) -> Vec<Reply> {
        match self {
            Reply::List(items) => items,
            _ => Vec::new(),
        }
    }

    /// The bytes of a string.
    pub fn text(self) -> Option<Vec<u8>> {
        match self {
            Reply::Text(bytes) => Some(bytes),
            Reply::Number(number) => Some(number.to_string().into_bytes()),
            _ => None,
        }
    }
}

impl Connection {
    /// Connects, says who asks and chooses the database.
    pub fn open(address: &Address) -> Result<Self, SourceError> {
        let stream =
            connect(address).map_err(|error| SourceError::Server(unreachable(error.kind())))?;
        let mut connection = Self {
            stream: BufReader::new(stream),
        };
        if let Some(password) = &address.password {
            let mut auth: Vec<&[u8]> = vec![b"AUTH"];
            auth.extend(address.user.as_ref().map(String::as_bytes));
            auth.push(password.as_bytes());
            connection.expect(&auth, "the server refused the user or the password")?;
        }
        if let Some(database) = address.database.as_deref().filter(|name| *name != "0") {
            let select: [&[u8]; 2] = [b"SELECT", database.as_bytes()];
            connection.expect(&select, "the server has no database of that number")?;
        }
        connection.expect(
            &[b"PING"],
            "the server wants a password, or gives this user no rights",
        )?;
        Ok(connection)
    }

    fn expect(&mut self, command: &[&[u8]], why: &str) -> Result<(), SourceError> {
        let refused = |code: &str| SourceError::Server(format!("{why}{code}"));
        match self.ask(command) {
            Ok(Reply::Error(code)) => Err(refused(&format!(" ({code})"))),
            Ok(_) => Ok(()),
            Err(error) => Err(refused(&format!(" ({})", error.kind()))),
        }
    }

    /// Sends a command and waits for its reply.
    pub fn ask(&mut self, command: &[&[u8]]) -> io::Result<Reply> {
        self.send(&[command])?;
        self.reply(0)
    }

    /// Sends commands together and waits for all their replies.
    pub fn ask_all(&mut self, commands: &[Vec<&[u8]>]) -> io::Result<Vec<Reply>> {
        let commands: Vec<&[&[u8]]> = commands.iter().map(Vec::as_slice).collect();
        self.send(&commands)?;
        commands.iter().map(|_| self.reply(0)).collect()
    }

    fn send(&mut self, commands: &[&[&[u8]]]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for command in commands {
            bytes.extend(format!("*{}\r\n", command.len()).bytes());
            for part in *command {
                bytes.extend(format!("${}\r\n", part.len()).bytes());
                bytes.extend_from_slice(part);
                bytes.extend(b"\r\n");
            }
        }
        self.stream.get_mut().write_all(&bytes)
    }

    fn reply(&mut self, depth: u32) -> io::Result<Reply> {
        let line = self.line()?;
        let (kind, rest) = line.split_first().ok_or_else(broken)?;
        let text = std::str::from_utf8(rest).map_err(|_| broken())?;
        let number = || text.parse::<i64>().map_err(|_| broken());
        match kind {
            b'+' => Ok(Reply::Text(rest.to_vec())),
            b'-' => Ok(Reply::Error(code(text))),
            b':' => Ok(Reply::Number(number()?)),
            b'$' => match usize::try_from(number()?) {
                Ok(length) => self.string(length),
                Err(_) => Ok(Reply::Nil),
            },
            b'*' => match usize::try_from(number()?) {
                Ok(length) if length <= ELEMENTS && depth < DEPTH => {
                    let items = (0..length).map(|_| self.reply(depth + 1));
                    Ok(Reply::List(items.collect::<io::Result<_>>()?))
                }
                Ok(_) => Err(broken()),
                Err(_) => Ok(Reply::Nil),
            },
            _ => Err(broken()),
        }
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.stream
            .by_ref()
            .take(64 << 10)
            .read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\r\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.truncate(line.len() - 2);
        Ok(line)
    }

    fn string(&mut self, length: usize) -> io::Result<Reply> {
        let mut bytes = Vec::new();
        let mut body = self.stream.by_ref().take(length as u64 + 2);
        if length > STRING_BYTES {
            io::copy(&mut body, &mut io::sink())?;
        } else {
            body.read_to_end(&mut bytes)?;
            if bytes.len() != length + 2 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.truncate(length);
        }
        Ok(Reply::Text(bytes))
    }
}

fn connect(address: &Address) -> io::Result<TcpStream> {
    let host = if address.host.is_empty() {
        "localhost"
    } else {
        &address.host
    };
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for socket in (host, address.port.unwrap_or(6379)).to_socket_addrs()? {
        match TcpStream::connect_timeout(&socket, Duration::from_secs(CONNECT_SECONDS)) {
            Ok(stream) => {
                let wait = Some(Duration::from_secs(STATEMENT_SECONDS.into()));
                stream.set_read_timeout(wait)?;
                stream.set_write_timeout(wait)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn broken() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// The first word of an error, if it is one of Redis' codes.
fn code(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let is_code = !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    if is_code {
        word.to_owned()
    } else {
        "ERR".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_replies_keep_their_code_only() {
        assert_eq!(code("NOPERM this user has no permissions to x"), "NOPERM");
        assert_eq!(code("ana@example.com is wrong"), "ERR");
    }
}
