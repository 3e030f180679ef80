// Messages nobody just asked for: they appear by themselves and are acknowledged once on screen.
(function () {
  'use strict';
  if (!window.EventSource || !window.fetch || !window.URLSearchParams) return;
  var ASKS_AGAIN_MS = 60000, stream = null, taking = false;

  function one(selector, root) { return (root || document).querySelector(selector); }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function word(name) { return document.body.getAttribute('data-' + name) || ''; }

  function listen() {
    if (stream || !word('stream')) return;
    stream = new EventSource(word('stream'));
    stream.addEventListener('message', function (event) { arrive(JSON.parse(event.data)); });
    stream.addEventListener('error', function () {
      if (stream.readyState !== EventSource.CLOSED) return;  // it comes back by itself
      stream = null;
      setTimeout(listen, ASKS_AGAIN_MS);
    });
  }

  // Their place: below what is being read, above the foot; and a bar that leads there.
  function furnish() {
    if (one('#messages')) return;
    var place = document.createElement('section'), bar = document.createElement('a');
    place.id = 'messages'; place.className = 'wrap'; place.hidden = true;
    place.setAttribute('aria-label', word('messages'));
    bar.className = 'arrived choice primary'; bar.href = '#messages'; bar.hidden = true;
    one('footer').insertAdjacentElement('beforebegin', place);
    place.appendChild(bar);
  }

  function arrive(message) {
    if (!one('[data-message="' + message.key + '"]')) {
      var holder = document.createElement('template'), card;
      holder.innerHTML = message.html;
      card = one('form', holder.content);
      one('#messages').appendChild(card);
      one('#messages').hidden = false;
      all('.nothing').forEach(function (said) { said.remove(); });
      say(card);
    }
    take();
  }

  function say(card) {
    var bar = one('.arrived'), title = one('h1, h2, .strong', card);
    var text = word('arrived') + (title ? ': ' + title.textContent : '');
    bar.textContent = text;
    bar.hidden = false;
    one('#live').textContent = text;
  }

  function take() {
    var fresh = all('[data-message]:not([data-taken])');
    if (taking || !fresh.length || document.visibilityState === 'hidden') return;
    var keys = new URLSearchParams();
    fresh.forEach(function (card) { keys.append('key', card.getAttribute('data-message')); });
    taking = true;
    fetch('/nhan/da-nhan', { method: 'POST', body: keys, credentials: 'same-origin' })
      .then(function (response) {
        taking = false;
        if (response.status !== 204) return;
        fresh.forEach(function (card) { card.setAttribute('data-taken', ''); });
        take();  // what came meanwhile
      })
      .catch(function () { taking = false; });  // it stays on the server and is asked again
  }

  function tidy() {
    one('.arrived').hidden = true;
    one('#messages').hidden = !one('#messages form');
  }

  document.addEventListener('submit', function (event) {
    var card = event.target, button = event.submitter || document.activeElement;
    if (!card.hasAttribute('data-message') || !button || button.name !== 'done') return;
    event.preventDefault();
    take();
    if (!card.hasAttribute('data-taken')) return;  // not without telling the server
    card.remove();
    tidy();
    one('main h1').focus();
  }, true);

  document.addEventListener('click', function (event) {
    if (!event.target.classList.contains('arrived')) return;
    event.preventDefault();
    var card = one('#messages form:last-of-type');
    tidy();
    if (!card) return;
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
    card.scrollIntoView();
  });

  document.addEventListener('visibilitychange', take);
  window.addEventListener('online', take);
  furnish();
  listen();
  take();
}());
