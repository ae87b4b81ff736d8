import { Component, type ReactNode } from "react";
import { t } from "../words";
import { Button } from "./Button";
import { Empty } from "./States";

interface Props {
  children: ReactNode;
  /** What stands around the words that take the place. */
  around?: (said: ReactNode) => ReactNode;
}

/** Keeps a fault in one screen from taking the page with it. A screen whose script could not be
 *  loaded is such a fault; without a network that is why. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const said = (
      <Empty action={<Button onClick={() => location.reload()}>{t.common.reload}</Button>}>
        {navigator.onLine ? t.common.broken : t.common.notHere}
      </Empty>
    );
    return this.props.around ? this.props.around(said) : said;
  }
}
