// Who chose Sök vård or Administrativa frågor before she signed in has chosen already: the card is pressed for her. The
// address becomes that of Hem first, so that Back leads there and begins nothing.
history.replaceState(null, "", "/home");
document.querySelector("form[data-begin]")?.submit();
