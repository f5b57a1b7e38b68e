//! Authorities of one's own: certificates that this machine does not know.

use std::fmt;
use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// The authorities that the certificate of a server may come from; those of this machine then do not count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Authorities(Arc<[u8]>);

/// What holds no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no certificate in PEM")]
pub struct NoCertificate;

impl Authorities {
    /// Reads one or more certificates in PEM.
    pub fn read(pem: &[u8]) -> Result<Self, NoCertificate> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| NoCertificate)?;
        super::choose_cryptography();
        // A line that is no base64 shows only when it is used.
        let usable = reqwest::Client::builder().tls_certs_only(certificates.clone()).build().is_ok();
        if certificates.is_empty() || !usable { Err(NoCertificate) } else { Ok(Self(pem.into())) }
    }

    /// Lets a client trust these authorities and no others.
    pub fn only(&self, builder: ClientBuilder) -> Result<ClientBuilder, reqwest::Error> {
        Ok(builder.tls_certs_only(Certificate::from_pem_bundle(&self.0)?))
    }

    fn roots(&self) -> Result<RootCertStore, rustls::Error> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.0) {
            roots.add(certificate.map_err(|error| rustls::Error::General(error.to_string()))?)?;
        }
        Ok(roots)
    }

    /// The certificates in PEM.
    pub fn pem(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorities").finish_non_exhaustive()
    }
}

/// TLS for a client that trusts these authorities and no others, or those of this machine.
pub fn tls(authorities: Option<&Authorities>) -> Result<ClientConfig, rustls::Error> {
    super::choose_cryptography();
    let builder = ClientConfig::builder();
    let builder = match authorities {
        Some(authorities) => builder.with_root_certificates(authorities.roots()?),
        None => builder.with_platform_verifier()?,
    };
    Ok(builder.with_no_client_auth())
}

/// TLS for a client that trusts nobody: for a machine without certificates.
pub fn tls_of_nobody() -> ClientConfig {
    super::choose_cryptography();
    ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth()
}
