/** Whether a task is shown for its looks on a page of another's: then it takes neither the focus nor
 *  the keys, and its heading stands below the page's. */
import { createContext, Suspense, use, type ReactNode, type Ref } from "react";
import { useKeys } from "../../lib/keys";

export const Preview = createContext(false);

interface HeadingProps {
  ref: Ref<HTMLHeadingElement>;
  children: ReactNode;
}

export function TaskHeading({ ref, children }: HeadingProps) {
  return use(Preview) ? (
    <h2 ref={ref} tabIndex={-1}>
      {children}
    </h2>
  ) : (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** What comes by itself, after the rest of the task; a preview appears whole. */
export function Late({ children }: { children: ReactNode }) {
  return use(Preview) ? children : <Suspense>{children}</Suspense>;
}

export function useTaskKeys(handlers: Parameters<typeof useKeys>[0]): void {
  useKeys(use(Preview) ? {} : handlers);
}
