//! Choice: what is usable here, and why the rest is not.

use peyote_backends::probe::{self, Probed, standings};
use peyote_backends::{ApiKey, Endpoint};

use crate::server::{Server, good};

#[tokio::test]
async fn server_that_answers_is_found_without_a_key() {
    let server = Server::start(|request, _| good(request)).await;
    let found = probe::look("Some server", Endpoint::new(&server.base).unwrap()).await;
    assert_eq!(found.models.as_ref().unwrap(), &["text-embedding-x", "small"]);
    assert!(probe::first(std::slice::from_ref(&found)).is_some());
    assert!(server.heads().iter().all(|head| !head.to_lowercase().contains("authorization")));
    let all = standings(ApiKey::new("sk-abc").as_ref(), None, &[found]);
    assert_eq!(
        all.iter().map(|one| (one.name, one.usable)).collect::<Vec<_>>(),
        [("openai", true), ("local", true), ("builtin", true)]
    );
    assert!(!format!("{all:?}").contains("sk-abc"));
}

#[tokio::test]
async fn what_is_not_usable_says_why_and_what_to_do() {
    let gone = Server::start(|request, _| good(request)).await.base.clone();
    let found: Vec<Probed> = vec![probe::look("Gone", Endpoint::new(&gone).unwrap()).await];
    assert!(probe::first(&found).is_none());
    for standing in standings(None, None, &found).iter().take(2) {
        assert!(!standing.usable && standing.hint.is_some() && !standing.why.is_empty());
    }
    assert!(standings(None, None, &found)[1].detail[0].contains("cannot reach"));
}
