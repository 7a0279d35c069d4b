//! Real servers for tests: started on a free port in a temporary folder, stopped when the test ends.
//! One that is not installed fails the test with what to install; `ROPA_WITHOUT_SERVERS=1` leaves such tests out and says so.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Most time that a server may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether tests that need servers are left out; says so.
#[allow(clippy::print_stderr, reason = "a test that is left out must be seen")]
pub fn are_left_out() -> bool {
    let left_out = std::env::var_os("ROPA_WITHOUT_SERVERS").is_some_and(|value| value == "1");
    if left_out {
        eprintln!("LEFT OUT: ROPA_WITHOUT_SERVERS=1, so nothing was tested against a server");
    }
    left_out
}

/// A running server.
pub struct Server {
    folder: tempfile::TempDir,
    process: Child,
    /// Its port on 127.0.0.1.
    pub port: u16,
    programs: PathBuf,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// PostgreSQL; the superuser is `postgres`, no password is asked.
    pub fn postgres() -> Self {
        let programs = newest_postgres();
        let (folder, user) = home("postgres");
        let data = folder.path().join("data");
        let mut init = as_user(&programs.join("initdb"), user);
        init.arg("-D").arg(&data);
        init.args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "--no-sync",
            "--locale=C",
            "-E",
            "UTF8",
        ]);
        succeeds(init.output().expect("initdb runs"));
        let port = free_port();
        let mut server = as_user(&programs.join("postgres"), user);
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        server.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        for setting in [
            "fsync=off",
            "log_statement=all",
            "log_line_prefix=%d ",
            "autovacuum=off",
        ] {
            server.args(["-c", setting]);
        }
        let process = logged(server, folder.path());
        let server = Self {
            folder,
            process,
            port,
            programs,
        };
        server.wait(|server| server.psql_output("postgres", "SELECT 1").status.success());
        server
    }

    /// MariaDB; `root` on its socket, no password.
    pub fn mariadb() -> Self {
        let programs = folder_of(
            "mariadbd",
            &["/usr/sbin", "/usr/bin", "/usr/local/bin"],
            "mariadb-server",
        );
        let (folder, user) = home("mysql");
        let data = folder.path().join("data");
        let mut init = Command::new("mariadb-install-db");
        init.args([
            "--no-defaults",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ]);
        init.arg(format!("--datadir={}", data.display()));
        if user.is_some() {
            init.arg("--user=mysql");
        }
        succeeds(init.output().expect("mariadb-install-db runs"));
        let port = free_port();
        let mut server = as_user(&programs.join("mariadbd"), user);
        let at = |name: &str| folder.path().join(name).display().to_string();
        server.args([
            "--no-defaults".to_owned(),
            format!("--datadir={}", data.display()),
            format!("--socket={}", at("socket")),
            format!("--pid-file={}", at("pid")),
            format!("--port={port}"),
            "--bind-address=127.0.0.1".into(),
            "--general-log=1".into(),
            format!("--general-log-file={}", at("statements")),
            "--innodb-buffer-pool-size=32M".into(),
            "--innodb-flush-log-at-trx-commit=0".into(),
            "--skip-name-resolve".into(),
        ]);
        let process = logged(server, folder.path());
        let server = Self {
            folder,
            process,
            port,
            programs,
        };
        server.wait(|server| server.mariadb_output("", "SELECT 1").status.success());
        server
    }

    /// Redis.
    pub fn redis() -> Self {
        let programs = folder_of(
            "redis-server",
            &["/usr/bin", "/usr/local/bin"],
            "redis-server",
        );
        let (folder, _) = home("nobody");
        let port = free_port();
        let mut server = Command::new(programs.join("redis-server"));
        server.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ]);
        server.arg("--dir").arg(folder.path());
        let process = logged(server, folder.path());
        let server = Self {
            folder,
            process,
            port,
            programs,
        };
        server.wait(|server| TcpStream::connect(("127.0.0.1", server.port)).is_ok());
        server
    }

    fn wait(&self, is_up: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !is_up(self) {
            assert!(
                begun.elapsed() < PATIENCE,
                "it did not start:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// What the server wrote about itself; PostgreSQL's statements are in it.
    pub fn log(&self) -> String {
        read(&self.folder.path().join("log"))
    }

    /// The statements that MariaDB logged.
    pub fn statements(&self) -> String {
        read(&self.folder.path().join("statements"))
    }

    /// Stops the server at once, as a crash would.
    pub fn crash(&mut self) {
        let id = self.process.id().to_string();
        succeeds(
            Command::new("kill")
                .args(["-QUIT", &id])
                .output()
                .expect("kill runs"),
        );
        let _ = self.process.wait();
    }

    fn psql_output(&self, database: &str, sql: &str) -> Output {
        let mut command = Command::new(self.programs.join("psql"));
        command.args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
        ]);
        command.args(["-p", &self.port.to_string(), "-d", database]);
        fed(command, sql)
    }

    /// Runs SQL in a database of PostgreSQL.
    pub fn psql(&self, database: &str, sql: &str) {
        succeeds(self.psql_output(database, sql));
    }

    /// Has PostgreSQL offer encryption from now on, with a certificate of its own for 127.0.0.1; returns its file.
    pub fn encrypt(&self) -> PathBuf {
        let (certificate, key) = self_signed(self.folder.path(), "postgres");
        self.psql(
            "postgres",
            &format!(
                "ALTER SYSTEM SET log_connections = on; ALTER SYSTEM SET ssl_cert_file = '{}';
                 ALTER SYSTEM SET ssl_key_file = '{}'; ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf();",
                certificate.display(),
                key.display()
            ),
        );
        self.wait(|server| {
            let encrypted = server.psql_output("dbname=postgres sslmode=require", "SELECT 1");
            encrypted.status.success()
        });
        certificate
    }

    /// A plain dump of a database of PostgreSQL.
    pub fn pg_dump(&self, database: &str) -> Vec<u8> {
        let mut command = Command::new(self.programs.join("pg_dump"));
        command.args([
            "-h",
            "127.0.0.1",
            "-U",
            "postgres",
            "-p",
            &self.port.to_string(),
            database,
        ]);
        succeeds(command.output().expect("pg_dump runs"))
    }

    fn mariadb_output(&self, database: &str, sql: &str) -> Output {
        let mut command = Command::new("mariadb");
        command.arg("--no-defaults").arg("-u").arg("root");
        command.arg(format!(
            "--socket={}",
            self.folder.path().join("socket").display()
        ));
        if !database.is_empty() {
            command.arg(database);
        }
        fed(command, sql)
    }

    /// Runs SQL in a database of MariaDB.
    pub fn mariadb_sql(&self, database: &str, sql: &str) {
        succeeds(self.mariadb_output(database, sql));
    }

    /// A plain dump of a database of MariaDB.
    pub fn mariadb_dump(&self, database: &str) -> Vec<u8> {
        let mut command = Command::new("mariadb-dump");
        command.arg("--no-defaults").arg("-u").arg("root");
        command.arg(format!(
            "--socket={}",
            self.folder.path().join("socket").display()
        ));
        command.arg(database);
        succeeds(command.output().expect("mariadb-dump runs"))
    }

    /// Sends lines of commands to Redis.
    pub fn redis_commands(&self, lines: &str) {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &self.port.to_string()]);
        let answer = succeeds(fed(command, lines));
        assert!(!String::from_utf8_lossy(&answer).contains("ERR"));
    }
}

/// A certificate for 127.0.0.1 and its key, readable by that user: an authority for itself and for nothing else.
pub fn self_signed(folder: &Path, user: &str) -> (PathBuf, PathBuf) {
    let at = |name: &str| folder.join(name);
    // Authorities of the same name would differ in their keys only.
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let settings = format!(
        "[req]\ndistinguished_name = name\nx509_extensions = more\nprompt = no\n[name]\nCN = {name}\n\
        [more]\nbasicConstraints = critical, CA:FALSE\nsubjectAltName = IP:127.0.0.1\n"
    );
    std::fs::write(at("openssl.cnf"), settings).expect("writable");
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
    ]);
    openssl.arg("-config").arg(at("openssl.cnf"));
    openssl.arg("-keyout").arg(at("key.pem"));
    openssl.arg("-out").arg(at("certificate.pem"));
    succeeds(
        openssl
            .output()
            .expect("openssl is installed: apt-get install openssl"),
    );
    let key = at("key.pem");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&key, mode).expect("it was just made");
    if is_root() {
        let (user, group) = ids_of(user);
        std::os::unix::fs::chown(&key, Some(user), Some(group)).expect("root may");
    }
    (at("certificate.pem"), key)
}

fn read(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a command with this on its standard input.
fn fed(mut command: Command, input: &str) -> Output {
    let mut file = tempfile::tempfile().expect("a temporary file");
    std::io::Write::write_all(&mut file, input.as_bytes()).expect("writable");
    std::io::Seek::rewind(&mut file).expect("seekable");
    command.stdin(file).output().expect("the client runs")
}

fn succeeds(output: Output) -> Vec<u8> {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    output.stdout
}

/// Starts a server whose words go to a file.
fn logged(mut command: Command, folder: &Path) -> Child {
    let log = File::create(folder.join("log")).expect("writable");
    let also = log.try_clone().expect("a second handle");
    command.stdin(Stdio::null()).stdout(log).stderr(also);
    command.spawn().expect("the server starts")
}

fn free_port() -> u16 {
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("loopback is there");
    socket.local_addr().expect("it is bound").port()
}

/// A folder that belongs to a user of that name where the test runs as root: servers refuse to.
fn home(user: &str) -> (tempfile::TempDir, Option<(u32, u32)>) {
    let folder = tempfile::Builder::new()
        .prefix("ropa-")
        .tempdir_in("/tmp")
        .expect("a temporary folder");
    let ids = is_root().then(|| ids_of(user));
    if let Some((user, group)) = ids {
        std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).expect("root may");
    }
    (folder, ids)
}

/// Whether the test runs as root: what it makes belongs to it.
fn is_root() -> bool {
    let made = tempfile::tempfile().expect("a temporary file");
    let facts = made.metadata().expect("it was just made");
    std::os::unix::fs::MetadataExt::uid(&facts) == 0
}

fn ids_of(user: &str) -> (u32, u32) {
    let users = read(Path::new("/etc/passwd"));
    let ids = |name: &str| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    ids(user)
        .or_else(|| ids("nobody"))
        .expect("a user that is not root")
}

fn as_user(program: &Path, ids: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = ids {
        command.uid(user).gid(group).current_dir("/tmp");
    }
    command
}

fn newest_postgres() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut folders: Vec<PathBuf> = versions
        .filter_map(Result::ok)
        .map(|version| version.path().join("bin"))
        .collect();
    folders.extend(["/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let has_all = |folder: &PathBuf| {
        ["initdb", "postgres", "psql", "pg_dump"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    folders.sort();
    folders
        .into_iter()
        .rfind(has_all)
        .unwrap_or_else(|| missing("postgresql"))
}

fn folder_of(program: &str, folders: &[&str], package: &str) -> PathBuf {
    let found = folders
        .iter()
        .map(PathBuf::from)
        .find(|folder| folder.join(program).is_file());
    found.unwrap_or_else(|| missing(package))
}

fn missing(package: &str) -> ! {
    panic!(
        "{package} is not installed: run scripts/setup, or apt-get install {package}; ROPA_WITHOUT_SERVERS=1 leaves these tests out"
    )
}
