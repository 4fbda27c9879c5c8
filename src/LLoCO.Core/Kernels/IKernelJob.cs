namespace LLoCO.Core.Kernels;

/// <summary>Work in numbered parts that may run at the same time.</summary>
internal interface IKernelJob
{
    /// <summary>Runs one part.</summary>
    /// <param name="task">The part, from 0.</param>
    /// <param name="thread">The number of the pool's thread, from 0; selects scratch memory.</param>
    void Run(int task, int thread);
}
