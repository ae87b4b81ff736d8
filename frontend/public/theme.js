// Sets the chosen theme before the first paint. A separate file, since inline scripts are refused.
try {
  var settings = JSON.parse(localStorage.getItem("touchstone.settings") || "{}");
  var root = document.documentElement.dataset;
  if (settings.theme === "light" || settings.theme === "dark") root.theme = settings.theme;
  if (settings.reading === "serif") root.reading = "serif";
  if (settings.size === "large" || settings.size === "largest") root.size = settings.size;
} catch (error) {
  console.warn(error);
}
