// The page without a connection: when it is back, the page that was asked for is fetched.
addEventListener("online", () => location.reload());
