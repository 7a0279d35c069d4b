//! Encrypted connections: which certificates are accepted, as `sslmode` asks.
//! Authorities are those of `sslrootcert`, else the system's.

use crate::source::SourceError;
use crate::source::database::Encryption;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// The connector for an encryption.
pub fn connector(
    encryption: Encryption,
    authorities: Option<&str>,
) -> Result<MakeRustlsConnect, SourceError> {
    let provider = Arc::new(ring::default_provider());
    let verifies = matches!(
        encryption,
        Encryption::VerifiedAuthority | Encryption::Verified
    );
    let known = if verifies {
        Some(verifier(authorities, &provider)?)
    } else {
        None
    };
    let accept = Accept {
        known,
        any_name: encryption == Encryption::VerifiedAuthority,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| server("this build has no TLS version in common with any server"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(accept))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn server(why: &str) -> SourceError {
    SourceError::Server(why.to_owned())
}

/// Why there is no encrypted connection, in our own words: what certificates say of themselves is not repeated.
pub fn told(error: &Error) -> &'static str {
    let Error::InvalidCertificate(certificate) = error else {
        return "the server and this program agree on no way to encrypt";
    };
    match certificate {
        CertificateError::UnknownIssuer => {
            "the server's certificate is of an unknown authority; name the authority's file by sslrootcert or SSL_CERT_FILE"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name than the URL's; sslmode=verify-ca does not hold the names against each other"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet"
        }
        _ => "the server's certificate was not accepted",
    }
}

fn verifier(
    authorities: Option<&str>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, SourceError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(file) => {
            let pem = std::fs::read(file)?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate
                    .map_err(|_| server("the file of sslrootcert is not readable as PEM"))?;
                roots
                    .add(certificate)
                    .map_err(|_| server("a certificate of sslrootcert is not readable"))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|_| server("no certificate authorities are known; name a file by sslrootcert"))
}

/// Holds a certificate against what was asked.
#[derive(Debug)]
struct Accept {
    /// `None` where any certificate will do: `sslmode=require` encrypts and no more.
    known: Option<Arc<WebPkiServerVerifier>>,
    any_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Accept {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(known) = &self.known else {
            return Ok(ServerCertVerified::assertion());
        };
        let verdict =
            known.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verdict {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.any_name => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
