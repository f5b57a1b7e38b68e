//! Signatures of Standard Webhooks 1.0: who sent a message, and that nobody has changed it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// The value of `webhook-signature`: one signature for each key, separated by spaces, so that a
/// receiver that knows any of them can check the message while a key is being replaced.
///
/// `timestamp` is in seconds since 1970, as in `webhook-timestamp`; `body` is what is sent, byte
/// by byte.
pub fn sign(keys: &[SecretSlice<u8>], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> = keys.iter().map(|key| sign_with(key, id, timestamp, body)).collect();
    signatures.join(" ")
}

fn sign_with(key: &SecretSlice<u8>, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac: Hmac<Sha256> =
        Mac::new_from_slice(key.expose_secret()).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(base64: &str) -> SecretSlice<u8> {
        BASE64.decode(base64).unwrap().into()
    }

    #[test]
    fn the_published_vector_is_met() {
        // Standard Webhooks, the example that its reference libraries test.
        let signature = sign(
            &[key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn while_a_key_is_replaced_each_key_signs() {
        let keys = [key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), key("bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcg")];
        let alone = keys.each_ref().map(|key| sign(std::slice::from_ref(key), "id", 1, b"body"));
        assert_ne!(alone[0], alone[1]);
        assert_eq!(sign(&keys, "id", 1, b"body"), alone.join(" "));
    }

    #[test]
    fn a_signature_covers_id_time_and_body() {
        let keys = [key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
        let signature = sign(&keys, "id", 1, b"body");
        assert_ne!(signature, sign(&keys, "ie", 1, b"body"));
        assert_ne!(signature, sign(&keys, "id", 2, b"body"));
        assert_ne!(signature, sign(&keys, "id", 1, b"bodz"));
    }
}
