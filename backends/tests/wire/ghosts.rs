//! Ghosts: a server that goes on with a call though nobody listens is never given a second one.

use std::time::{Duration, Instant};

use futures::future::join_all;
use peyote_backends::error::Class;
use peyote_backends::retry::Policy;
use peyote_backends::{Backend, Bill, Error, Ghost, Limit, Retry, contract};

use crate::server::{Deed, Server, good};
use crate::{TIMEOUT, ideas, local, openai};

/// Both ways to a server of one's own, as the command line makes them.
fn careful(base: &str) -> [Box<dyn Backend>; 2] {
    let policy = Policy { base: Duration::from_millis(1), ..Policy::LOCAL };
    [
        Box::new(Retry::new(Limit::new(Ghost::new(local(base)), 1), policy)),
        Box::new(Retry::new(Limit::new(Ghost::new(openai(base)), 1), policy)),
    ]
}

#[tokio::test]
async fn stalled_server_gets_no_second_call_from_anybody() {
    for way in 0..2 {
        let server = Server::start(|_, _| Deed::Stall).await;
        let (backend, ask) = (&careful(&server.base)[way], ideas());
        let start = Instant::now();
        let errors: Vec<Error> = (join_all((0..5).map(|_| backend.answer(&ask))).await.into_iter())
            .chain([backend.answer(&ask).await])
            .map(Result::unwrap_err)
            .collect();
        assert_eq!((server.asked().len(), server.busiest()), (1, 1));
        assert!(start.elapsed() < 2 * TIMEOUT, "who waits for a turn does not wait again");
        assert!(errors.iter().all(|error| error.message == errors[0].message));
        let open = errors.iter().filter(|error| error.bill == Bill::Open).count();
        assert_eq!((errors[0].class, open), (Class::Stalled, 1));
        contract::error_helps(&errors[0]);
    }
}

#[tokio::test]
async fn server_that_hangs_up_late_is_asked_again_and_never_twice_at_once() {
    for way in 0..2 {
        let late = |deed| Deed::Late(TIMEOUT / 3, Box::new(deed));
        let server = Server::start(move |request, before| match before % 2 {
            0 => late(Deed::Drop(b"gone".to_vec())),
            _ => late(good(request)),
        })
        .await;
        let (backend, ask) = (&careful(&server.base)[way], ideas());
        for answered in join_all((0..3).map(|_| backend.answer(&ask))).await {
            assert_eq!(answered.unwrap().text, "answer to ideas");
        }
        assert_eq!((server.asked().len(), server.busiest()), (6, 1));
    }
}
