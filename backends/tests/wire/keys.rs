//! Keys: where a key goes, and where it never does; read from the bytes that servers got.

use peyote_backends::{ApiKey, Backend, Endpoint, OpenAi, contract};

use crate::server::{Deed, Server, good, refusal};
use crate::{TIMEOUT, ideas, local, openai};

const SECRET: &str = "sk-verysecret-0123456789";

fn with_key(base: &str) -> Result<OpenAi, peyote_backends::Error> {
    OpenAi::new(Endpoint::new(base).unwrap(), ApiKey::new(SECRET), None, TIMEOUT)
}

#[tokio::test]
async fn key_goes_to_the_server_that_was_named() {
    let server = Server::start(|request, _| good(request)).await;
    let answer = with_key(&server.base).unwrap().answer(&ideas()).await.unwrap();
    for head in server.heads() {
        assert!(head.to_lowercase().contains(&format!("authorization: bearer {SECRET}")), "{head}");
    }
    assert!(!serde_json::to_string(&answer).unwrap().contains("verysecret"));
}

#[tokio::test]
async fn without_a_key_there_is_no_header() {
    let server = Server::start(|request, _| good(request)).await;
    openai(&server.base).answer(&ideas()).await.unwrap();
    local(&server.base).answer(&ideas()).await.unwrap();
    assert_eq!(server.heads().len(), 4);
    for head in server.heads() {
        assert!(!head.to_lowercase().contains("authorization"), "{head}");
    }
}

#[tokio::test]
async fn key_does_not_follow_a_redirect() {
    let other = Server::start(|request, _| good(request)).await;
    let place = format!("{}/chat/completions", other.base);
    let server =
        Server::start(move |_, _| Deed::Say(307, vec![("location", place.clone())], vec![])).await;
    with_key(&server.base).unwrap().answer(&ideas()).await.unwrap_err();
    assert!(other.heads().is_empty());
}

#[test]
fn key_never_goes_in_the_clear() {
    for base in
        ["http://192.168.1.7:8000/v1", "http://api.openai.com/v1", "http://localhost.evil.example"]
    {
        let error = with_key(base).err().unwrap();
        assert!(error.message.contains("in the clear"), "{error}");
        contract::error_helps(&error);
    }
    with_key("https://192.168.1.7:8000/v1").unwrap();
    with_key("http://[::1]:8000/v1").unwrap();
}

#[test]
fn openai_without_a_key_is_refused_with_a_way_on() {
    let error = OpenAi::new(Endpoint::openai(), None, None, TIMEOUT).err().unwrap();
    assert!(error.hint.as_deref().unwrap().contains("OPENAI_API_KEY"));
    contract::error_helps(&error);
}

#[tokio::test]
async fn server_that_wants_a_key_is_told_how_to_get_it() {
    let server = Server::start(|_, _| refusal(401, "who are you", "x")).await;
    let error = local(&server.base).answer(&ideas()).await.unwrap_err();
    assert!(error.hint.as_deref().unwrap().contains("--backend openai"), "{error:?}");
}

#[tokio::test]
async fn server_that_says_the_key_back_is_not_repeated() {
    for said in [format!("bad key {SECRET}!"), "bad key sk-verys****6789".to_owned()] {
        let server = Server::start(move |_, _| refusal(401, &said, "invalid_api_key")).await;
        let error = with_key(&server.base).unwrap().answer(&ideas()).await.unwrap_err();
        let all = format!("{error:?}");
        assert!(!all.contains("verys") && !all.contains("6789"), "{all}");
    }
}
