//! Forms: the ladder from `json_schema` down to plain text, and the limit of tokens.

use peyote_backends::error::Class;
use peyote_backends::{Backend, contract};
use serde_json::json;

use crate::server::{Deed, Request, Server, good, refusal};
use crate::{ideas, local, openai};

fn forms(server: &Server) -> Vec<String> {
    server.asked().iter().map(Request::form).collect()
}

/// Refuses the forms that `refuses` names, with a status and a message.
async fn picky(refuses: &'static [&'static str], status: u16, message: &'static str) -> Server {
    Server::start(move |request, _| {
        if refuses.contains(&request.form().as_str()) {
            refusal(status, message, "x")
        } else {
            good(request)
        }
    })
    .await
}

#[tokio::test]
async fn refused_form_is_one_rung_down_and_remembered() {
    let server = picky(
        &["json_schema"],
        500,
        "response_format.type: Input should be 'text' or 'json_object'",
    )
    .await;
    let backend = local(&server.base);
    backend.answer(&ideas()).await.unwrap();
    backend.answer(&ideas()).await.unwrap();
    assert_eq!(forms(&server), ["json_schema", "json_object", "json_object"]);
    let asked = server.asked();
    assert_eq!(asked[1].body["response_format"]["schema"]["required"], json!(["ideas"]));
    assert!(asked[1].body["messages"].to_string().contains("JSON"));
}

#[tokio::test]
async fn text_is_the_last_rung() {
    let message = "'response_format.type' must be 'text'";
    let server = picky(&["json_schema", "json_object"], 400, message).await;
    for backend in
        [Box::new(local(&server.base)) as Box<dyn Backend>, Box::new(openai(&server.base))]
    {
        contract::every_ask_is_answered(&*backend, &contract::asks()).await;
    }
    let forms = forms(&server);
    // The first ask of each backend goes down two rungs.
    assert_eq!(forms.len(), 2 * (contract::asks().len() + 2));
    assert_eq!(forms[..4], ["json_schema", "json_object", "", ""]);
    let rows = server
        .asked()
        .into_iter()
        .find(|request| request.form().is_empty() && request.task().starts_with("rows"));
    let words = rows.unwrap().body["messages"].to_string();
    assert!(
        words.contains("CSV") && words.contains("inspection_id,hive_id,inspected_at,temper,weight"),
        "{words}"
    );
}

#[tokio::test]
async fn passing_fault_costs_no_rung() {
    let server =
        Server::start(
            |request, before| {
                if before == 0 { Deed::Say(503, vec![], vec![]) } else { good(request) }
            },
        )
        .await;
    let backend = local(&server.base);
    assert_eq!(backend.answer(&ideas()).await.unwrap_err().class, Class::Passing);
    backend.answer(&ideas()).await.unwrap();
    assert_eq!(forms(&server), ["json_schema", "json_schema"]);
}

#[tokio::test]
async fn refused_limit_is_left_out_and_remembered() {
    let server = Server::start(|request, _| {
        if request.body["max_tokens"].is_null() {
            good(request)
        } else {
            refusal(
                400,
                "This model's maximum context length is 2048 tokens",
                "context_length_exceeded",
            )
        }
    })
    .await;
    let backend = local(&server.base);
    backend.answer(&ideas()).await.unwrap();
    backend.answer(&ideas()).await.unwrap();
    assert_eq!(server.asked().len(), 3);
    assert!(server.asked()[0].body["max_completion_tokens"].is_null());
}

#[tokio::test]
async fn model_is_the_first_that_chats() {
    let server = Server::start(|request, _| good(request)).await;
    let backend = local(&server.base);
    backend.answer(&ideas()).await.unwrap();
    backend.answer(&ideas()).await.unwrap();
    assert_eq!(server.asked()[0].body["model"], "small");
    assert_eq!(server.heads().iter().filter(|head| head.starts_with("GET /v1/models ")).count(), 1);
}
