import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  /** In another place it begins anew. */
  readonly place?: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly fault: { readonly thrown: unknown } | undefined;
}

/** Where a view cannot be drawn, this is said in its place; what is around it stays. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { fault: undefined };

  static getDerivedStateFromError(thrown: unknown): BoundaryState {
    return { fault: { thrown } };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.place !== this.props.place && this.state.fault) this.setState({ fault: undefined });
  }

  override render(): ReactNode {
    const { fault } = this.state;
    if (!fault) return this.props.children;
    return (
      <div className="state" role="alert">
        <h1 className="state-title">This page met something that it does not know</h1>
        <p className="quiet">
          The server may have been updated meanwhile: reload the page. Calls are not touched by it.
          <br />
          {String(fault.thrown)}
        </p>
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
