import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { App } from "./app";
import { navigateIfFree } from "./lib/navigation";
import "./ui/tokens.css";
import "./ui/base.css";

createRoot(document.getElementById("root")!).render(
  <Router aroundNav={navigateIfFree}>
    <App />
  </Router>,
);
