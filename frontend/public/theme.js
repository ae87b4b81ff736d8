// Sets the chosen theme before the first paint. A separate file, since inline scripts are refused.
try {
  var settings = JSON.parse(localStorage.getItem("touchstone.settings") || "{}");
  if (settings.theme === "light" || settings.theme === "dark") {
    document.documentElement.dataset.theme = settings.theme;
  }
  if (settings.reading === "serif") document.documentElement.dataset.reading = "serif";
} catch (error) {
  console.warn(error);
}
