use iameval_data::Catalogue;
use iameval_serve::{Api, Call, Form, Settings};
use iameval_world::{Example, World};
use std::sync::LazyLock;

/// The calls are asked of the world of an example.
static API: LazyLock<Api> = LazyLock::new(|| {
    let example = Example::find("force-mfa").expect("the example is in the program");
    let world = World::load(example, &[example.world().into()]).expect("the example is a world");
    Api::new(world.into(), Catalogue::embedded(), Settings::default())
});

/// Any bytes as the body of a call of the simulation API: they are a form or refused, escapes change nothing, and a form is
/// answered with XML, a fault of the caller's unless all is well.
///
/// # Panics
/// When something of this does not hold.
pub fn form_text(body: &[u8]) {
    let form = match Form::parse(body) {
        Ok(form) => form,
        Err(fault) => return assert_eq!(fault.code(), "MalformedInput"),
    };
    if !body.contains(&b'%') {
        assert_eq!(Form::parse(escaped(body).as_bytes()).as_ref(), Ok(&form));
    }
    let reply = API.call(&form, &Call::default());
    assert!(matches!(reply.status, 200 | 400 | 404), "{}: {}", reply.status, reply.body);
    assert_eq!(reply.status == 200, reply.fault.is_none());
    assert_eq!(API.call(&form, &Call::default()), reply);
    check_xml(&reply.body);
}

/// Every byte of names and values as an escape.
fn escaped(body: &[u8]) -> String {
    let escape = |byte: &u8| match byte {
        b'&' | b'=' => char::from(*byte).to_string(),
        b'+' => "%20".into(),
        other => format!("%{other:02x}"),
    };
    // The first `=` ends the name, and others are part of the value: they may stand as they are.
    body.iter().map(escape).collect()
}

/// Elements end as they begin.
fn check_xml(body: &str) {
    let mut open = Vec::new();
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        assert!(!text.contains('"'), "{text}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or_default()),
        }
    }
    assert!(open.is_empty() && body.starts_with('<'), "{body}");
}
